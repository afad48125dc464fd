from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "park.accounts"
    label = "accounts"
