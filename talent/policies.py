"""Who may do what with a talent card, and who may know whose it is."""

from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.organisations.queries import Standing, editable_organisation_ids
from talent.models import TalentCard


def is_talent_officer(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_role(StaffRole.TALENT_OFFICER)


def can_keep(actor: Actor, card: TalentCard, standing: Standing | None = None) -> bool:
    """Edit, publish, withdraw: the holder, editors of its organisation, talent officers.

    Pass `standing` when asking for many cards.
    """
    if not isinstance(actor, User) or not actor.is_active:
        return False
    if card.holder_id == actor.pk or is_talent_officer(actor):
        return True
    editable = standing.editable_ids if standing else editable_organisation_ids(actor)
    return card.organisation_id in editable


def can_see_identity(actor: Actor, card: TalentCard, standing: Standing | None = None) -> bool:
    """The full name and contact data (level own): only for those who keep the card."""
    return can_keep(actor, card, standing)


def may_keep_any(actor: Actor) -> bool:
    """Whether there could be a card whose identity the actor sees."""
    return isinstance(actor, User) and actor.is_active
