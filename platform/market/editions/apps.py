from django.apps import AppConfig


class EditionsConfig(AppConfig):
    name = "market.editions"
    label = "editions"

    def ready(self) -> None:
        from park.core import outbox

        # By name: registering must not import what only workers load.
        outbox.register("edition.issued", task_name="editions.print_edition", queue="default")
