"""The states of collection rounds and editions and the moves between them (pure)."""

from enum import StrEnum

from django.db import models


class RoundStatus(models.TextChoices):
    DRAFT = "draft", "筹备"
    OPEN = "open", "征集中"
    CLOSED = "closed", "已截止"
    FROZEN = "frozen", "已成批"


class RoundAction(StrEnum):
    EDIT = "edit"
    OPEN = "open"
    CLOSE = "close"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CHOOSE = "choose"
    DISCARD = "discard"


class EditionStatus(models.TextChoices):
    DRAFT = "draft", "待发布"
    ISSUED = "issued", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"


class EditionAction(StrEnum):
    EDIT = "edit"
    ARRANGE = "arrange"
    REFRESH = "refresh"
    ISSUE = "issue"
    WITHDRAW = "withdraw"
    DISCARD = "discard"


class FileStatus(models.TextChoices):
    WAITING = "waiting", "等待制作"
    WORKING = "working", "制作中"
    READY = "ready", "可下载"
    FAILED = "failed", "制作失败"


_R, _E = RoundStatus, EditionStatus
ROUND_TRANSITIONS: dict[RoundAction, dict[RoundStatus, RoundStatus]] = {
    RoundAction.EDIT: {_R.DRAFT: _R.DRAFT, _R.OPEN: _R.OPEN},
    RoundAction.OPEN: {_R.DRAFT: _R.OPEN},
    RoundAction.CLOSE: {_R.OPEN: _R.CLOSED},
    RoundAction.FREEZE: {_R.CLOSED: _R.FROZEN},
    # The draft edition was thrown away: the round can be frozen anew.
    RoundAction.UNFREEZE: {_R.FROZEN: _R.CLOSED},
    RoundAction.CHOOSE: {_R.OPEN: _R.OPEN, _R.CLOSED: _R.CLOSED},
    RoundAction.DISCARD: {_R.DRAFT: _R.DRAFT},
}
# What was issued never changes; it can only be taken back, with a reason, and stays on record.
EDITION_TRANSITIONS: dict[EditionAction, dict[EditionStatus, EditionStatus]] = {
    EditionAction.EDIT: {_E.DRAFT: _E.DRAFT},
    EditionAction.ARRANGE: {_E.DRAFT: _E.DRAFT},
    EditionAction.REFRESH: {_E.DRAFT: _E.DRAFT},
    EditionAction.ISSUE: {_E.DRAFT: _E.ISSUED},
    EditionAction.WITHDRAW: {_E.ISSUED: _E.WITHDRAWN},
    EditionAction.DISCARD: {_E.DRAFT: _E.DRAFT},
}


def next_round_status(status: str, action: RoundAction) -> RoundStatus | None:
    """Where `action` leads from `status`; None when that move does not exist."""
    return ROUND_TRANSITIONS[action].get(RoundStatus(status))


def next_edition_status(status: str, action: EditionAction) -> EditionStatus | None:
    return EDITION_TRANSITIONS[action].get(EditionStatus(status))
