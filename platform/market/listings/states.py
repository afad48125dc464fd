"""The states of an entry and the moves between them (pure). Stale and expired follow from dates."""

from enum import StrEnum

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    HELD = "held", "暂缓"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已关闭"


class Action(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    HOLD = "hold"
    PUBLISH = "publish"
    CLOSE = "close"
    DISCARD = "discard"


TRANSITIONS: dict[Action, dict[Status, Status]] = {
    Action.SUBMIT: {
        Status.DRAFT: Status.SUBMITTED,
        Status.RETURNED: Status.SUBMITTED,
        Status.HELD: Status.SUBMITTED,
    },
    Action.RETURN: {Status.SUBMITTED: Status.RETURNED, Status.HELD: Status.RETURNED},
    Action.HOLD: {Status.SUBMITTED: Status.HELD},
    Action.PUBLISH: {Status.SUBMITTED: Status.PUBLISHED, Status.HELD: Status.PUBLISHED},
    Action.CLOSE: {
        Status.SUBMITTED: Status.CLOSED,
        Status.RETURNED: Status.CLOSED,
        Status.HELD: Status.CLOSED,
        Status.PUBLISHED: Status.CLOSED,
    },
    # These two move nothing: an edit leaves the state, a discarded draft is gone.
    # What staff are reading does not change under their eyes, so a submitted entry is not edited.
    Action.EDIT: {
        Status.DRAFT: Status.DRAFT,
        Status.RETURNED: Status.RETURNED,
        Status.HELD: Status.HELD,
        Status.PUBLISHED: Status.PUBLISHED,
    },
    Action.DISCARD: {Status.DRAFT: Status.DRAFT},
}


def next_status(status: str, action: Action) -> Status | None:
    """Where `action` leads from `status`; None when that move does not exist."""
    return TRANSITIONS[action].get(Status(status))
