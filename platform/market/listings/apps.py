from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "market.listings"
    label = "listings"

    def ready(self) -> None:
        from market.listings import imports, sources

        sources.register()
        imports.register()
