"""Takes over instruments of lists: what an import makes and publishes.

What was taken over from elsewhere may lack what a form asks for; staff may publish it all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from equipment import policies
from equipment.models import Instrument, InstrumentStatus
from equipment.rules.content import BLANK
from equipment.services import instruments
from equipment.states import InstrumentAction
from park.accounts.actors import Actor
from park.core import audit
from park.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class ImportedInstrument:
    """`content` is cleaned; what it does not name is as a blank form has it."""

    id: UUID
    organisation_id: UUID
    content: Mapping[str, Any]
    source_note: str


@transaction.atomic
def create_imported_instruments(
    *, actor: Actor, entries: Sequence[ImportedInstrument], publish: bool = False
) -> None:
    """Drafts, or published at once. For equipment officers and the system (None).

    Raises not_allowed.
    """
    _check_importer(actor)
    for entry in entries:
        instrument = Instrument(
            id=entry.id, organisation_id=entry.organisation_id, source_note=entry.source_note
        )
        content = {**BLANK, **entry.content}
        instruments.store(instrument, content)
        changes = audit.differences({}, instruments.plain(content))
        instruments.record(actor, "imported", instrument, changes)
    if publish:
        publish_imported_instruments(actor=actor, instrument_ids=[one.id for one in entries])


@transaction.atomic
def publish_imported_instruments(*, actor: Actor, instrument_ids: Sequence[UUID]) -> int:
    """Open those that are still drafts to others; returns how many. Raises not_allowed."""
    _check_importer(actor)
    drafts = Instrument.objects.filter(
        pk__in=list(instrument_ids), status=InstrumentStatus.DRAFT
    ).exclude(source_note="")
    now = timezone.now()
    found = list(drafts.select_for_update(no_key=True).order_by("pk"))
    for instrument in found:
        instruments.move(actor, instrument, InstrumentAction.PUBLISH, now)
    return len(found)


def _check_importer(actor: Actor) -> None:
    if actor is not None and not policies.is_equipment_officer(actor):
        raise NotAllowed("import")
