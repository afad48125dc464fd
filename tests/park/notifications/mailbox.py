"""Reads the mails that were queued and then written as files by the real delivery."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from park.core.models import OutboxEvent
from park.notifications import tasks
from park.notifications.backends import TOPIC


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str

    def key(self, route: str) -> str:
        """What a link to this route of the front end carries."""
        found = re.search(rf"https?://[^/\s]+/{route}/(\S+)", self.text)
        assert found is not None, self.text
        return unquote(found[1])


class Mailbox:
    def __init__(self, settings: Any, folder: Path) -> None:
        settings.EMAIL_BACKEND = "park.notifications.backends.OutboxBackend"
        settings.EMAIL_URL = ""
        settings.MAIL_DIR = folder
        self.folder = folder

    def deliver(self) -> None:
        waiting = OutboxEvent.objects.filter(topic=TOPIC, processed_at__isnull=True)
        for event_id in waiting.order_by("pk").values_list("pk", flat=True):
            tasks.send_mail(event_id)

    def take_all(self) -> list[Mail]:
        """Everything that is new, oldest first."""
        self.deliver()
        mails = []
        for file in sorted(self.folder.glob("*.eml")):
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = message.get_body()
            assert body is not None
            mails.append(Mail(message["To"], message["Subject"], body.get_content()))
            file.unlink()
        return mails

    def take(self) -> Mail:
        """The one new mail."""
        mails = self.take_all()
        assert len(mails) == 1, mails
        return mails[0]
