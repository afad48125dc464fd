"""What happens at the doors, one line an event: who signed in, who was refused, from where.

Every name starts with `security.`, so that a watcher of the log can bar an address. Names that were
typed in are told by a short hash only: now and then somebody types a password there.
"""

import hashlib
from typing import Any

import structlog
from django.contrib.auth import signals
from django.http import HttpRequest

from api.addresses import client_address

log = structlog.get_logger(__name__)


def record(event: str, request: HttpRequest | None, **what: Any) -> None:
    """`request` may be missing where Django has none."""
    address = client_address(request) if request is not None else ""
    log.warning(event, address=address, **what)


def connect() -> None:
    """Django's own signals cover every way to sign in, the admin included."""
    signals.user_logged_in.connect(_on_sign_in, dispatch_uid="security_log")
    signals.user_login_failed.connect(_on_failure, dispatch_uid="security_log")
    signals.user_logged_out.connect(_on_sign_out, dispatch_uid="security_log")


def _on_sign_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    record("security.signed_in", request, user=str(user.pk))


def _on_sign_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if user is not None:
        record("security.signed_out", request, user=str(user.pk))


def _on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = next((str(credentials[key]) for key in ("username", "email") if key in credentials), "")
    digest = hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()[:12]
    record("security.sign_in_refused", request, name_hash=digest)
