from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "park.notifications"
    label = "notifications"

    def ready(self) -> None:
        from park.core import outbox
        from park.notifications.backends import TOPIC

        outbox.register(TOPIC, task_name="notifications.send_mail", queue="default")
