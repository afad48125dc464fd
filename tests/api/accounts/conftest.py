from pathlib import Path
from typing import Any

import pytest

from tests.api.accounts.browser import PASSWORD, Browser
from tests.api.limits import forget_requests
from tests.factories import UserFactory
from tests.park.notifications.mailbox import Mailbox


@pytest.fixture
def mailbox(db: None, settings: Any, tmp_path: Path) -> Mailbox:
    """What the real backend queued and the real delivery wrote."""
    return Mailbox(settings, tmp_path / "mail")


@pytest.fixture
def browser(db: None) -> Browser:
    return Browser()


@pytest.fixture
def user(db: None) -> Any:
    """Made by an administrator, without an address."""
    return UserFactory(username="zhang", password=PASSWORD)


@pytest.fixture
def member(mailbox: Mailbox) -> Any:
    """Signed up and proven: li@example.com."""
    from park.accounts.models import User

    visitor = Browser()
    visitor.sign_up("li@example.com")
    key = mailbox.take().key("verify-email")
    visitor.post("auth/email/verify", {"key": key})
    forget_requests()
    return User.objects.get(email="li@example.com")
