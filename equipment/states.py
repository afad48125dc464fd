"""The states of instruments and bookings and the moves between them (pure)."""

from enum import StrEnum

from django.db import models

from park.core.errors import DomainError


class InstrumentStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "开放共享"
    CLOSED = "closed", "停止共享"


class BookingStatus(models.TextChoices):
    CONFIRMED = "confirmed", "已预约"
    CANCELLED = "cancelled", "已取消"


class InstrumentAction(StrEnum):
    EDIT = "edit"
    PUBLISH = "publish"
    CLOSE = "close"
    BOOK = "book"


class BookingAction(StrEnum):
    CANCEL = "cancel"


_INSTRUMENT_MOVES: dict[tuple[str, InstrumentAction], InstrumentStatus] = {
    (InstrumentStatus.DRAFT, InstrumentAction.EDIT): InstrumentStatus.DRAFT,
    (InstrumentStatus.DRAFT, InstrumentAction.PUBLISH): InstrumentStatus.PUBLISHED,
    (InstrumentStatus.PUBLISHED, InstrumentAction.EDIT): InstrumentStatus.PUBLISHED,
    (InstrumentStatus.PUBLISHED, InstrumentAction.CLOSE): InstrumentStatus.CLOSED,
    (InstrumentStatus.PUBLISHED, InstrumentAction.BOOK): InstrumentStatus.PUBLISHED,
    (InstrumentStatus.CLOSED, InstrumentAction.EDIT): InstrumentStatus.CLOSED,
    (InstrumentStatus.CLOSED, InstrumentAction.PUBLISH): InstrumentStatus.PUBLISHED,
}


def next_instrument_status(status: str, action: InstrumentAction) -> InstrumentStatus | None:
    """Where the action leads, or None when the state does not allow it."""
    return _INSTRUMENT_MOVES.get((status, action))


def require_instrument_move(status: str, action: InstrumentAction) -> InstrumentStatus:
    """Raises DomainError `wrong_state`."""
    following = next_instrument_status(status, action)
    if following is None:
        raise DomainError("wrong_state", status=str(status), action=str(action))
    return following


def next_booking_status(
    status: str, action: BookingAction, *, is_over: bool
) -> BookingStatus | None:
    """A booking that is over stays what it was: the time has been used or lost."""
    if status == BookingStatus.CONFIRMED and action is BookingAction.CANCEL and not is_over:
        return BookingStatus.CANCELLED
    return None
