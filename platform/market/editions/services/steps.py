"""The steps that the services share: find and lock, check, put on record."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from market.editions import policies
from market.editions.models import CollectionRound, Edition
from market.editions.states import (
    EditionAction,
    EditionStatus,
    RoundAction,
    RoundStatus,
    next_edition_status,
    next_round_status,
)
from market.listings.kinds import ListingKind
from park.accounts.actors import Actor, user_or_none
from park.core import audit
from park.core.errors import DomainError, NotAllowed, NotFound


def lock_round(actor: Actor, round_id: UUID) -> CollectionRound:
    """The round, locked until the transaction ends. Raises NotFound for what is not visible."""
    rows = CollectionRound.objects.visible_to(actor).select_for_update()
    found = rows.filter(pk=round_id).first()
    if found is None:
        raise NotFound("round")
    return found


def lock_edition(actor: Actor, edition_id: UUID) -> Edition:
    rows = Edition.objects.visible_to(actor).select_for_update()
    found = rows.filter(pk=edition_id).first()
    if found is None:
        raise NotFound("edition")
    return found


def check_keeper(actor: Actor, action: StrEnum | str) -> None:
    if not policies.can_keep_editions(actor):
        raise NotAllowed(str(action))


def check_round_state(round_: CollectionRound, action: RoundAction) -> RoundStatus:
    """The state that the action leads to. Raises wrong_state."""
    target = next_round_status(round_.status, action)
    if target is None:
        raise DomainError("wrong_state", status=str(round_.status), action=str(action))
    return target


def check_edition_state(edition: Edition, action: EditionAction) -> EditionStatus:
    target = next_edition_status(edition.status, action)
    if target is None:
        raise DomainError("wrong_state", status=str(edition.status), action=str(action))
    return target


def check_version(row: CollectionRound | Edition, version: int | None, current: Any) -> None:
    """Nobody overwrites, or issues, what they have not seen."""
    if version is not None and version != row.version:
        raise DomainError("edit_conflict", current_version=row.version, current=current)


def hold_numbers(kind: ListingKind) -> None:
    """Of this list, one writer at a time gives numbers, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"market.edition:{kind}"]
        )


def record(
    row: CollectionRound | Edition,
    actor: Actor,
    action: str,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    kind = "edition" if isinstance(row, Edition) else "round"
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind=kind,
        object_id=row.pk,
        changes=changes,
        note=note,
    )
