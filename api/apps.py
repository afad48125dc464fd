from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The HTTP interface; it owns no tables."""

    name = "api"
    label = "api"

    def ready(self) -> None:
        from api import security_log

        security_log.connect()
