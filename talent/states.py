"""Whether a talent card is shown, and the moves between (pure); recognition comes on top of it."""

from enum import StrEnum

from django.db import models

from park.core.errors import DomainError


class CardStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已公开"
    WITHDRAWN = "withdrawn", "已撤回"


class CardAction(StrEnum):
    EDIT = "edit"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


_MOVES: dict[tuple[str, CardAction], CardStatus] = {
    (CardStatus.DRAFT, CardAction.EDIT): CardStatus.DRAFT,
    (CardStatus.DRAFT, CardAction.PUBLISH): CardStatus.PUBLISHED,
    (CardStatus.PUBLISHED, CardAction.EDIT): CardStatus.PUBLISHED,
    (CardStatus.PUBLISHED, CardAction.WITHDRAW): CardStatus.WITHDRAWN,
    (CardStatus.WITHDRAWN, CardAction.EDIT): CardStatus.WITHDRAWN,
    (CardStatus.WITHDRAWN, CardAction.PUBLISH): CardStatus.PUBLISHED,
}


def next_status(status: str, action: CardAction) -> CardStatus | None:
    """Where the action leads, or None when the state does not allow it."""
    return _MOVES.get((status, action))


def require_move(status: str, action: CardAction) -> CardStatus:
    """Raises DomainError `wrong_state`."""
    following = next_status(status, action)
    if following is None:
        raise DomainError("wrong_state", status=str(status), action=str(action))
    return following
