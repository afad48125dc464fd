"""Mails are rows of the transaction that had reason to send them; none is lost or sent twice."""

import base64
import re
import stat
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone

from park.core import outbox
from park.core.models import OutboxEvent
from park.notifications import delivery, mail
from park.notifications.backends import TOPIC
from park.notifications.servers import read_server
from tests.park.notifications.mailbox import Mailbox
from tests.park.notifications.smtp_sink import SmtpSink

TEXTS = Path(mail.__file__).parent / "texts"
SECRET = "https://match.example/reset-password/abc-123"


@pytest.fixture(autouse=True)
def _server_reachable() -> None:
    cache.delete(delivery._PAUSED)


@pytest.fixture
def mailbox(db: None, settings: Any, tmp_path: Path) -> Mailbox:
    return Mailbox(settings, tmp_path / "mail")


def queue(body: str = SECRET, to: str = "li@example.com") -> OutboxEvent:
    send_mail("重置密码", body, None, [to])
    event = OutboxEvent.objects.filter(topic=TOPIC).last()
    assert event is not None
    return event


def use_server(settings: Any, port: int, query: str = "") -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}{query}"


def test_without_a_server_a_mail_is_a_file_for_its_owner_alone(
    mailbox: Mailbox, settings: Any
) -> None:
    queue()
    mailbox.deliver()
    [file] = mailbox.folder.iterdir()
    assert file.suffix == ".eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(mailbox.folder.stat().st_mode) == 0o700
    assert SECRET in file.read_text()  # readable as it is
    letter = mailbox.take()
    assert (letter.to, letter.subject, letter.text.strip()) == (
        "li@example.com", "重置密码", SECRET,
    )  # fmt: skip


def test_what_was_sent_is_forgotten(mailbox: Mailbox) -> None:
    event = queue()
    content = base64.b64decode(event.payload["content"])
    assert SECRET.encode() in content
    mailbox.deliver()
    event.refresh_from_db()
    assert (event.payload, event.processed_at is not None) == ({}, True)


def test_a_change_that_is_undone_sends_nothing(mailbox: Mailbox) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert mailbox.take_all() == []


def test_a_mail_reaches_a_server_with_its_envelope(mailbox: Mailbox, settings: Any) -> None:
    with SmtpSink() as sink:
        use_server(settings, sink.port)
        message = EmailMultiAlternatives(
            "标题", "正文 …\n.\n点", "撮合 <no-reply@match.example>", ["李 <li@example.com>"],
            bcc=["archive@example.com"],
        )  # fmt: skip
        message.attach("表.txt", "附件")
        message.send()
        mailbox.deliver()
    [(sender, recipients, content)] = sink.envelopes
    assert sender == "no-reply@match.example"
    assert recipients == ["li@example.com", "archive@example.com"]
    received = message_from_bytes(content, policy=policy.default)
    assert (received["Subject"], received["Bcc"]) == ("标题", None)
    body = received.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["正文 …", ".", "点"]
    assert [part.get_filename() for part in received.iter_attachments()] == ["表.txt"]


def test_a_server_that_is_down_is_tried_again_later_and_later(
    mailbox: Mailbox, settings: Any
) -> None:
    event = queue()
    use_server(settings, 1)
    now = timezone.now()
    waits = []
    for _ in range(3):
        cache.delete(delivery._PAUSED)
        assert not delivery.send_queued(event.pk, now)
        event.refresh_from_db()
        waits.append(event.retry_at - now)
    assert waits == [timedelta(seconds=seconds) for seconds in (10, 20, 40)]
    assert (event.attempts, event.processed_at) == (3, None)
    assert event.payload["recipients"] == ["li@example.com"]
    assert delivery.is_late()
    with SmtpSink() as sink:
        use_server(settings, sink.port)
        cache.delete(delivery._PAUSED)
        assert delivery.send_queued(event.pk, now)
    assert len(sink.envelopes) == 1
    assert not delivery.is_late()


def test_while_a_server_is_unreachable_one_attempt_speaks_for_all(
    mailbox: Mailbox, settings: Any
) -> None:
    first, second = queue(), queue()
    use_server(settings, 1)
    assert not delivery.send_queued(first.pk)
    assert not delivery.send_queued(second.pk)
    second.refresh_from_db()
    assert second.attempts == 0


@pytest.mark.parametrize(
    ("refuse", "is_final"),
    [
        ({"RCPT": "550 no such user"}, True),
        ({"RCPT": "450 try later"}, False),
        ({"DATA": "554 spam"}, True),
        ({"DATA": "452 full"}, False),
        ({"RCPT": "554 5.7.1 relay access denied"}, False),
        ({"MAIL": "530 5.7.0 authentication required"}, False),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, False),
    ],
)
def test_a_refusal_for_good_is_kept_to_be_seen_and_not_tried_again(
    mailbox: Mailbox, settings: Any, refuse: dict[str, str], is_final: bool
) -> None:
    event = queue()
    with SmtpSink(refuse) as sink:
        use_server(settings, sink.port)
        assert not delivery.send_queued(event.pk)
    event.refresh_from_db()
    assert (event.processed_at is not None) == is_final
    assert event.last_error
    assert (event.payload == {"failed": True}) == is_final


def test_a_mail_that_is_three_days_late_is_given_up(mailbox: Mailbox, settings: Any) -> None:
    event = queue()
    use_server(settings, 1)
    assert not delivery.send_queued(event.pk, event.created_at + timedelta(days=3))
    event.refresh_from_db()
    assert event.payload == {"failed": True}


def test_a_mail_is_not_sent_twice(mailbox: Mailbox, settings: Any) -> None:
    event = queue()
    with SmtpSink() as sink:
        use_server(settings, sink.port)
        assert delivery.send_queued(event.pk)
        assert not delivery.send_queued(event.pk)
    assert len(sink.envelopes) == 1


def test_a_password_never_goes_in_the_clear(mailbox: Mailbox, settings: Any) -> None:
    event = queue()
    with SmtpSink() as sink:
        settings.EMAIL_URL = f"smtp://user:secret@127.0.0.1:{sink.port}"
        assert not delivery.send_queued(event.pk)
    event.refresh_from_db()
    assert (event.attempts, event.processed_at, sink.envelopes) == (1, None, [])
    assert "secret" not in event.last_error


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_sends_what_a_web_process_queued(
    real_worker: str, settings: Any, service_environment: dict[str, str]
) -> None:
    settings.EMAIL_BACKEND = "park.notifications.backends.OutboxBackend"
    folder = Path(service_environment["CUOHE_DATA_DIR"]) / "mail"
    before = set(folder.glob("*.eml"))
    EmailMessage("标题", "由工作进程发送", to=["li@example.com"]).send()
    deadline = timezone.now() + timedelta(seconds=30)
    while not (new := set(folder.glob("*.eml")) - before) and timezone.now() < deadline:
        outbox.sweep(timezone.now() + timedelta(minutes=5))
        import time

        time.sleep(0.5)
    assert len(new) == 1


def test_old_files_are_forgotten(mailbox: Mailbox) -> None:
    queue()
    mailbox.deliver()
    assert delivery.forget_files(timezone.now() + timedelta(days=29)) == 0
    assert delivery.forget_files(timezone.now() + timedelta(days=31)) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", False)),
        ("smtp://u%40x:p%3Aw@mail.example", ("mail.example", 587, "u@x", "p:w", False)),
        ("smtps://u:p@mail.example", ("mail.example", 465, "u", "p", True)),
        ("smtp://mail.example:2525", ("mail.example", 2525, "", "", False)),
    ],
)
def test_addresses_of_servers(url: str, expected: tuple[Any, ...]) -> None:
    server = read_server(url)
    assert (server.host, server.port, server.user, server.password, server.is_tls) == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://x:y"])
def test_what_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(ValueError):
        read_server(url)


@pytest.mark.parametrize("text", sorted(path.stem for path in TEXTS.glob("*.txt")))
def test_every_text_has_a_subject_and_a_body_in_both_languages(mailbox: Mailbox, text: str) -> None:
    names = set(re.findall(r"{{ (\w+)", (TEXTS / f"{text}.txt").read_text())) - {"at"}
    values = {name: f"<{name}>&" for name in names}
    for language in ("zh-hans", "en"):
        mail.send_text(text, to="li@example.com", language=language, **values)
    chinese, english = mailbox.take_all()
    assert english.subject.isascii()
    assert english.text.isascii()
    assert not chinese.subject.isascii()
    for value in values.values():
        assert value in chinese.text + chinese.subject
        assert value in english.text + english.subject
