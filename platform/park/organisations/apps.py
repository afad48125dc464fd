from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "park.organisations"
    label = "organisations"

    def ready(self) -> None:
        from park.organisations import files

        files.register()
