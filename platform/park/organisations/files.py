"""An organisation's papers (business licence, certificates): for its members and staff alone."""

from uuid import UUID

from park.accounts.actors import Actor
from park.core.errors import NotAllowed
from park.files import purposes
from park.files.limits import MIB
from park.files.media import IMAGES, Media
from park.files.models import FileVisibility
from park.files.purposes import FileOwner, FilePurpose
from park.organisations import policies
from park.organisations.queries import get_organisation, standing_of

MAX_BYTES = 20 * MIB
MAX_COUNT = 20


def register() -> None:
    purposes.register(
        FilePurpose(
            code="organisation_paper",
            object_kind="organisation",
            media=IMAGES | {Media.PDF},
            max_bytes=MAX_BYTES,
            max_count=MAX_COUNT,
            visibilities=(FileVisibility.PRIVATE,),
            find_owner=_find_owner,
            check_write=_check_write,
        )
    )


def _find_owner(actor: Actor, organisation_id: UUID) -> FileOwner:
    organisation = get_organisation(actor, organisation_id)
    standing = standing_of(actor)
    return FileOwner(
        organisation_id=organisation.pk,
        sees_private=policies.can_see_inside(actor, organisation.pk),
        can_write=organisation.pk in standing.editable_ids,
    )


def _check_write(actor: Actor, organisation_id: UUID) -> FileOwner:
    owner = _find_owner(actor, organisation_id)
    if not owner.can_write:
        raise NotAllowed("edit")
    return owner
