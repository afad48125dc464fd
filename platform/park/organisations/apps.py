from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "park.organisations"
    label = "organisations"
