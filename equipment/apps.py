from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    name = "equipment"
    label = "equipment"

    def ready(self) -> None:
        from equipment import imports, sources

        sources.register()
        imports.register()
