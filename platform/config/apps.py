from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: its commands may use every floor."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registers them
