"""Brings queued mails to the mail server, or without one into files that people can read."""

import base64
import os
import smtplib
import ssl
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from park.core import outbox
from park.core.models import OutboxEvent
from park.notifications.backends import TOPIC
from park.notifications.servers import MailServer, read_server

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 15
# A weekend and a day: whoever asked for the mail has asked again by then.
GIVE_UP_AFTER = timedelta(days=3)
LATE_ATTEMPTS = 3
"""So many failures are no hiccup any more: operators are told (see `api.health`)."""
# While the server is unreachable one attempt in this time finds out as much as a hundred.
PAUSE_SECONDS = 30
_PAUSED = "mail:server-unreachable"
FILES_KEPT_FOR = timedelta(days=30)


def send_queued(event_id: int, now: datetime | None = None) -> bool:
    """Send one queued mail; False when it was not sent now, whatever the reason.

    A failure is written into its row and tried again later; a mail that the server refuses for
    good, or that is three days late, is given up.
    """
    now = now or timezone.now()
    if cache.get(_PAUSED):
        return False
    try:
        return outbox.process(event_id, _deliver, is_secret=True)
    except OSError as error:  # every error of smtplib is one
        if not isinstance(error, smtplib.SMTPException):
            cache.set(_PAUSED, True, timeout=PAUSE_SECONDS)
        event = OutboxEvent.objects.get(pk=event_id)
        is_final = _is_final(error) or event.created_at <= now - GIVE_UP_AFTER
        log.warning("mail.failed", event_id=event_id, is_final=is_final, error=str(error)[:300])
        (outbox.give_up if is_final else outbox.postpone)(event_id, error, now)
        return False


def is_late() -> bool:
    """Whether a mail waits that could not be sent several times."""
    waiting = OutboxEvent.objects.filter(topic=TOPIC, processed_at__isnull=True)
    return waiting.filter(attempts__gte=LATE_ATTEMPTS).exists()


def forget_files(now: datetime) -> int:
    """Delete mails that were written as files long ago; how many."""
    oldest = (now - FILES_KEPT_FOR).timestamp()
    old = [file for file in settings.MAIL_DIR.glob("*.eml") if file.stat().st_mtime < oldest]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _deliver(payload: dict[str, Any]) -> None:
    content = base64.b64decode(payload["content"])
    if settings.EMAIL_URL:
        server = read_server(settings.EMAIL_URL)
        _send(server, payload["sender"], payload["recipients"], content)
    else:
        _write(settings.MAIL_DIR, content)


def _send(server: MailServer, sender: str, recipients: list[str], content: bytes) -> None:
    with _connect(server) as connection:
        if server.user:
            connection.login(server.user, server.password)
        refused = connection.sendmail(sender, recipients, content)
    if refused:  # some got it, so sending again would send it to them twice
        log.warning("mail.partly_refused", count=len(refused))


def _connect(server: MailServer) -> smtplib.SMTP:
    place = {"host": server.host, "port": server.port, "timeout": TIMEOUT_SECONDS}
    if server.is_tls:
        return smtplib.SMTP_SSL(**place, context=ssl.create_default_context())
    connection = smtplib.SMTP(**place)
    if server.is_plain_allowed:
        return connection
    try:
        connection.ehlo_or_helo_if_needed()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
        elif server.user:
            raise smtplib.SMTPNotSupportedError("the server offers no TLS for the password")
    except OSError:
        connection.close()
        raise
    return connection


def _is_final(error: OSError) -> bool:
    """Whether the server said that it will never take this mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(_is_permanent(code, text) for code, text in error.recipients.values())
    # A sender or a password that is refused is for the operator to mend; the mail waits for it.
    if isinstance(error, smtplib.SMTPDataError):
        return _is_permanent(error.smtp_code, error.smtp_error)
    return False


def _is_permanent(code: int, text: bytes | str) -> bool:
    """5yz (RFC 5321), but not X.7.Z (RFC 3463): rules of the server, such as who may relay."""
    said = text if isinstance(text, bytes) else text.encode()
    return 500 <= code < 600 and b"5.7." not in said


def _write(folder: Path, content: bytes) -> None:
    """A file that appears as a whole and that its owner alone may read: it may hold a secret."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{timezone.localtime():%Y%m%d-%H%M%S-%f}-{os.getpid()}"
    new = folder / f"{name}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.replace(b"\r\n", b"\n"))
    new.replace(folder / f"{name}.eml")
