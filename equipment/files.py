"""Pictures of instruments: shown to whoever sees the instrument, added by whoever runs it."""

from uuid import UUID

from equipment import policies
from equipment.models import Instrument
from park.accounts.actors import Actor
from park.core.errors import NotAllowed, NotFound
from park.files import purposes
from park.files.limits import MIB
from park.files.media import IMAGES
from park.files.models import FileVisibility
from park.files.purposes import FileOwner, FilePurpose
from park.organisations.queries import standing_of

MAX_BYTES = 15 * MIB
MAX_COUNT = 12


def register() -> None:
    purposes.register(
        FilePurpose(
            code="instrument_photo",
            object_kind="instrument",
            media=IMAGES,
            max_bytes=MAX_BYTES,
            max_count=MAX_COUNT,
            visibilities=(FileVisibility.PUBLIC,),
            find_owner=_find_owner,
            check_write=_check_write,
        )
    )


def _find_owner(actor: Actor, instrument_id: UUID) -> FileOwner:
    instrument = Instrument.objects.visible_to(actor).filter(pk=instrument_id).first()
    if instrument is None:
        raise NotFound("instrument")
    standing = standing_of(actor)
    return FileOwner(
        organisation_id=instrument.organisation_id,
        sees_private=policies.sees_bookings(instrument, standing),
        can_write=policies.writes_for(actor, instrument.organisation_id, standing),
    )


def _check_write(actor: Actor, instrument_id: UUID) -> FileOwner:
    visible = Instrument.objects.visible_to(actor).select_for_update(no_key=True)
    instrument = visible.filter(pk=instrument_id).first()
    if instrument is None:
        raise NotFound("instrument")
    if not policies.can_run(actor, instrument):
        raise NotAllowed("edit")
    return FileOwner(instrument.organisation_id, sees_private=True, can_write=True)
