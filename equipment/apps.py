from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    name = "equipment"
    label = "equipment"

    def ready(self) -> None:
        from equipment import files, holdings, imports, sources

        sources.register()
        holdings.register()
        files.register()
        imports.register()
