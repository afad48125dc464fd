"""Papers and pictures of needs and capabilities: who sees them, who may add them, how many."""

from functools import partial
from uuid import UUID

from market.listings import policies
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from market.listings.services import steps
from market.listings.states import Action
from park.accounts.actors import Actor
from park.core.errors import NotFound
from park.files import purposes
from park.files.limits import MIB
from park.files.media import DOCUMENTS, IMAGES
from park.files.models import FileVisibility
from park.files.purposes import FileOwner, FilePurpose
from park.organisations.queries import standing_of

MAX_BYTES = 20 * MIB
MAX_COUNT = 10


def register() -> None:
    for kind in ListingKind:
        purposes.register(
            FilePurpose(
                code=f"{kind}_attachment",
                object_kind=kind,
                media=DOCUMENTS | IMAGES,
                max_bytes=MAX_BYTES,
                max_count=MAX_COUNT,
                visibilities=(FileVisibility.PUBLIC, FileVisibility.PRIVATE),
                find_owner=partial(_find_owner, kind),
                check_write=partial(_check_write, kind),
            )
        )


def _find_owner(kind: ListingKind, actor: Actor, listing_id: UUID) -> FileOwner:
    listing = LISTING_MODELS[kind].objects.visible_to(actor).filter(pk=listing_id).first()
    if listing is None:
        raise NotFound(kind)
    standing = standing_of(actor)
    return FileOwner(
        organisation_id=listing.organisation_id,
        sees_private=policies.sees_all(standing, listing),
        can_write=Action.EDIT in policies.allowed_actions(actor, listing, standing),
    )


def _check_write(kind: ListingKind, actor: Actor, listing_id: UUID) -> FileOwner:
    """As for an edit of the entry: what staff are reading does not change under their eyes."""
    listing = steps.lock(actor, kind, listing_id)
    steps.check_allowed(actor, Action.EDIT, listing)
    steps.check_state(listing, Action.EDIT)
    return FileOwner(listing.organisation_id, sees_private=True, can_write=True)
