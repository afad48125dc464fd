"""Reads the address of a mail server (pure: the settings themselves are checked with it)."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    is_tls: bool
    """TLS from the first byte (smtps); else STARTTLS where the server offers it."""
    is_plain_allowed: bool
    """`?tls=off`: no STARTTLS, and a password may go unencrypted, as on one's own machine."""


def read_server(url: str) -> MailServer:
    """`smtp://user:password@host:port` or `smtps://…`. Raises ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("smtp://user:password@host:port or smtps://… is expected")
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if is_tls else 587 if parts.username else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
        is_plain_allowed=parse_qs(parts.query).get("tls") == ["off"],
    )
