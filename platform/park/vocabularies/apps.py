from django.apps import AppConfig


class VocabulariesConfig(AppConfig):
    name = "park.vocabularies"
    label = "vocabularies"
