from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "park.imports"
    label = "imports"

    def ready(self) -> None:
        from park.imports import organisations
        from park.imports.models import ImportJob
        from park.organisations import holdings

        organisations.register()
        holdings.register(holdings.Holding("imports", ImportJob, "organisation"))
