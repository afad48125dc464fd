from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "talent"
    label = "talent"

    def ready(self) -> None:
        from talent import holdings, sources

        sources.register()
        holdings.register()
