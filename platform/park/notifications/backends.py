"""Django's e-mail backend: a mail is an outbox row of the transaction that had reason to send it.

So a mail server that is down breaks no page and loses no mail, and what is rolled back sends none.
"""

import base64
from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from park.core import outbox

TOPIC = "mail.queued"


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue the messages, all or none; how many."""
        queued = 0
        with transaction.atomic():
            for message in email_messages:
                recipients = [parseaddr(address)[1] for address in message.recipients()]
                if not recipients:
                    continue
                content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
                outbox.publish(
                    TOPIC,
                    sender=parseaddr(message.from_email)[1],
                    recipients=recipients,
                    # As it goes over the wire, so that a second attempt has the same Message-ID.
                    content=base64.b64encode(content).decode("ascii"),
                )
                queued += 1
        return queued
