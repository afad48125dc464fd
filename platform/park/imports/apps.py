from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "park.imports"
    label = "imports"

    def ready(self) -> None:
        from park.imports import organisations

        organisations.register()
