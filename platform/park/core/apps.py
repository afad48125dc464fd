from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "park.core"
    label = "core"
