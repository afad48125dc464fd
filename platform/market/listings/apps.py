from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "market.listings"
    label = "listings"

    def ready(self) -> None:
        from market.listings import files, holdings, imports, sources

        sources.register()
        holdings.register()
        files.register()
        imports.register()
