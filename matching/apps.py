from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    label = "matching"

    def ready(self) -> None:
        from park.core import outbox

        # By name: registering must not import what only workers load.
        outbox.register("item.changed", task_name="matching.index_item", queue="index")
