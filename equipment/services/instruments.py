"""Writes of an instrument's record. Closing keeps its bookings: they are promises."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from equipment import policies
from equipment.models import Instrument, InstrumentStatus, MeasuredCapability
from equipment.queries import content_of
from equipment.rules.content import BLANK, Content, clean_content, missing_fields
from equipment.states import InstrumentAction, require_instrument_move
from park.accounts.actors import Actor, user_or_none
from park.core import audit, outbox
from park.core.errors import DomainError, NotAllowed, NotFound
from park.organisations.models import Organisation
from park.organisations.policies import require_verified
from park.vocabularies.models import Vocabulary
from park.vocabularies.queries import known_codes

KIND = "instrument"


@transaction.atomic
def create_instrument(
    *,
    actor: Actor,
    organisation_id: UUID,
    content: Mapping[str, Any],
    is_example: bool = False,
    source_note: str = "",
) -> Instrument:
    """A draft. Raises not_found, not_allowed, invalid_input."""
    organisation = Organisation.objects.visible_to(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation")
    if not policies.can_write_for(actor, organisation.pk):
        raise NotAllowed("create")
    cleaned = _clean(content, BLANK)
    instrument = Instrument(
        organisation=organisation, is_example=is_example, source_note=source_note
    )
    store(instrument, cleaned)
    record(actor, "create", instrument, audit.differences({}, plain(cleaned)))
    return instrument


@transaction.atomic
def edit_instrument(
    *, actor: Actor, instrument_id: UUID, version: int, content: Mapping[str, Any]
) -> Instrument:
    """Change the given fields. `version` is the one the editor started from.

    Raises not_found, not_allowed, edit_conflict with the present content, invalid_input, and
    incomplete when a published instrument would lose what publication needs.
    """
    instrument = _locked(actor, instrument_id, InstrumentAction.EDIT)
    old = content_of(instrument)
    if version != instrument.version:
        raise DomainError("edit_conflict", current_version=instrument.version, current=plain(old))
    cleaned = _clean(content, old)
    changes = audit.differences(plain(old), plain(cleaned))
    if not changes:
        return instrument
    if instrument.status == InstrumentStatus.PUBLISHED:
        _require_complete(cleaned)
    instrument.version += 1
    store(instrument, cleaned)
    record(actor, "edit", instrument, changes)
    if instrument.status == InstrumentStatus.PUBLISHED:
        _announce(instrument)
    return instrument


@transaction.atomic
def publish_instrument(
    *, actor: Actor, instrument_id: UUID, now: datetime | None = None
) -> Instrument:
    """Open it to others.

    Raises not_found, not_allowed, wrong_state, organisation_unverified, incomplete.
    """
    instrument = _locked(actor, instrument_id, InstrumentAction.PUBLISH)
    require_verified(instrument.organisation)
    _require_complete(content_of(instrument))
    return move(actor, instrument, InstrumentAction.PUBLISH, now or timezone.now())


@transaction.atomic
def close_instrument(
    *, actor: Actor, instrument_id: UUID, now: datetime | None = None
) -> Instrument:
    """Take no more bookings and leave lists and searches. Raises as `publish_instrument`."""
    instrument = _locked(actor, instrument_id, InstrumentAction.CLOSE)
    return move(actor, instrument, InstrumentAction.CLOSE, now or timezone.now())


def _locked(actor: Actor, instrument_id: UUID, action: InstrumentAction) -> Instrument:
    """The row, held until the transaction ends: policy first, then what the state allows."""
    # Without its organisation: that row is not ours to lock.
    instrument = (
        Instrument.objects.visible_to(actor)
        .select_for_update(no_key=True)
        .filter(pk=instrument_id)
        .first()
    )
    if instrument is None:
        raise NotFound(KIND)
    if not policies.can_run(actor, instrument):
        raise NotAllowed(str(action))
    require_instrument_move(instrument.status, action)
    return instrument


def move(
    actor: Actor, instrument: Instrument, action: InstrumentAction, now: datetime
) -> Instrument:
    old = instrument.status
    instrument.status = require_instrument_move(old, action)
    if action is InstrumentAction.PUBLISH:
        instrument.published_at = now
    instrument.save(update_fields=["status", "published_at", "updated_at"])
    changes = audit.differences({"status": old}, {"status": instrument.status})
    record(actor, str(action), instrument, changes)
    _announce(instrument)
    return instrument


def _clean(content: Mapping[str, Any], base: Mapping[str, Any]) -> Content:
    codes = known_codes()
    return clean_content(
        content, base=base, chains=codes[Vocabulary.CHAIN], regions=codes[Vocabulary.REGION]
    )


def _require_complete(content: Content) -> None:
    if missing := missing_fields(content):
        raise DomainError("incomplete", missing=missing)


def store(instrument: Instrument, content: Content) -> None:
    for field, value in content.items():
        if field != "measured_capabilities":
            setattr(instrument, field, value)
    instrument.save()
    MeasuredCapability.objects.filter(instrument=instrument).delete()
    MeasuredCapability.objects.bulk_create(
        MeasuredCapability(instrument=instrument, position=position, **line)
        for position, line in enumerate(content["measured_capabilities"])
    )


def record(actor: Actor, action: str, instrument: Instrument, changes: dict[str, Any]) -> None:
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind=KIND,
        object_id=instrument.pk,
        organisation_id=instrument.organisation_id,
        changes=changes,
    )


def _announce(instrument: Instrument) -> None:
    outbox.publish("item.changed", kind=KIND, object_id=str(instrument.pk))


def plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON writes it: money as a number, times as text."""
    price = content["price_per_hour"]
    numbers = {**content, "price_per_hour": None if price is None else float(price)}
    return json.loads(json.dumps(numbers, cls=DjangoJSONEncoder))
