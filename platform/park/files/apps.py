from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "park.files"
    label = "files"
