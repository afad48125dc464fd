from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "park.accounts"
    label = "accounts"

    def ready(self) -> None:
        from park.accounts import receivers

        receivers.connect()
