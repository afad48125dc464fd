"""Who may do what to an entry. Whether its state allows the move is for `states` to say."""

from uuid import UUID

from market.listings.models import Listing
from market.listings.states import Action, next_status
from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.organisations.queries import Standing, editable_organisation_ids, standing_of

REVIEW_ROLES = (StaffRole.MODERATOR, StaffRole.ADMINISTRATOR)
OWNER_ACTIONS = frozenset({Action.EDIT, Action.SUBMIT, Action.DISCARD, Action.CLOSE})
REVIEWER_ACTIONS = frozenset({Action.RETURN, Action.HOLD, Action.PUBLISH, Action.CLOSE})


def can_create(actor: Actor, organisation_id: UUID) -> bool:
    """Owners and editors of the organisation in whose name it is."""
    return organisation_id in editable_organisation_ids(actor)


def can_review(actor: Actor) -> bool:
    """Moderators and administrators gate what is published."""
    return isinstance(actor, User) and actor.has_role(*REVIEW_ROLES)


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
    if listing.organisation_id in standing.editable_ids:
        actions |= OWNER_ACTIONS
    if can_review(actor):
        actions |= REVIEWER_ACTIONS
    return actions
