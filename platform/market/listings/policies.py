"""Who may do what to an entry. Whether its state allows the move is for `states` to say."""

from market.listings.models import READING_ROLES, Listing
from market.listings.states import Action, next_status
from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.organisations.kinds import COLLECTING_KINDS
from park.organisations.models import Organisation
from park.organisations.queries import Standing, editable_organisation_ids, standing_of

REVIEW_ROLES = (StaffRole.MODERATOR, StaffRole.ADMINISTRATOR)
OWNER_ACTIONS = frozenset({Action.EDIT, Action.SUBMIT, Action.DISCARD, Action.CLOSE})
REVIEWER_ACTIONS = frozenset({Action.RETURN, Action.HOLD, Action.PUBLISH, Action.CLOSE})


def can_create(actor: Actor, organisation: Organisation, station: Organisation | None) -> bool:
    """Owners and editors of the organisation in whose name it is, or of the station that collects
    it from a verified firm. A station collects from firms, not from another station."""
    editable = editable_organisation_ids(actor)
    if station is None:
        return organisation.pk in editable
    return (
        station.pk in editable
        and station.kind in COLLECTING_KINDS
        and organisation.kind not in COLLECTING_KINDS
        and organisation.is_verified
    )


def can_review(actor: Actor) -> bool:
    """Moderators and administrators gate what is published."""
    return isinstance(actor, User) and actor.has_role(*REVIEW_ROLES)


def sees_all(standing: Standing, listing: Listing) -> bool:
    """Every field of it: its firm, the station that collected it, staff who review or broker."""
    return standing.has_role(*READING_ROLES) or standing.belongs_to(
        listing.organisation_id, listing.station_id
    )


def can_do(actor: Actor, action: Action, listing: Listing) -> bool:
    """Whether the actor's part in it allows the action at all."""
    return action in _actions_of(actor, listing, standing_of(actor))


def allowed_actions(actor: Actor, listing: Listing, standing: Standing) -> list[Action]:
    """What the actor could do to it right now: allowed by policy and by state."""
    actions = _actions_of(actor, listing, standing)
    return [
        action for action in Action if action in actions and next_status(listing.status, action)
    ]


def _actions_of(actor: Actor, listing: Listing, standing: Standing) -> frozenset[Action]:
    actions: frozenset[Action] = frozenset()
    if not standing.editable_ids.isdisjoint((listing.organisation_id, listing.station_id)):
        actions |= OWNER_ACTIONS
    if can_review(actor):
        actions |= REVIEWER_ACTIONS
    return actions
