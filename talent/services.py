"""Every write of a talent card. Names and contact data enter the audit trail masked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from park.accounts.actors import Actor
from park.accounts.models import User
from park.core import audit, outbox
from park.core.errors import DomainError, NotAllowed, NotFound
from park.organisations.models import Organisation
from park.organisations.policies import require_verified
from park.organisations.queries import editable_organisation_ids
from park.vocabularies.models import Vocabulary
from park.vocabularies.queries import known_codes
from talent import policies
from talent.models import CardStatus, Skill, TalentCard
from talent.queries import content_of
from talent.rules import BLANK, Content, clean_content, mask_name, missing_fields, without_identity
from talent.states import CardAction, require_move

KIND = "person"


@transaction.atomic
def create_card(
    *,
    actor: Actor,
    organisation_id: UUID | None,
    content: Mapping[str, Any],
    is_example: bool = False,
) -> TalentCard:
    """A draft: one's own without an organisation, else one that the organisation keeps.

    Raises not_authenticated, not_found, not_allowed, invalid_input.
    """
    if not isinstance(actor, User):
        raise DomainError("not_authenticated")
    card = TalentCard(is_example=is_example)
    if organisation_id is None:
        card.holder = actor
    else:
        card.organisation = _organisation_to_write_for(actor, organisation_id)
    cleaned = _clean(content, BLANK)
    _store(card, cleaned)
    _record(actor, "create", card, audit.differences({}, cleaned))
    return card


@transaction.atomic
def edit_card(
    *, actor: Actor, card_id: UUID, version: int, content: Mapping[str, Any]
) -> TalentCard:
    """Change the given fields. `version` is the one the editor started from.

    Raises not_found, not_allowed, edit_conflict with the present content, invalid_input, and
    incomplete when a published card would lose what publication needs.
    """
    card = _locked(actor, card_id, CardAction.EDIT)
    old = content_of(card)
    if version != card.version:
        raise DomainError("edit_conflict", current_version=card.version, current=old)
    cleaned = _clean(content, old)
    changes = audit.differences(old, cleaned)
    if not changes:
        return card
    if card.status == CardStatus.PUBLISHED:
        _require_complete(cleaned)
    card.version += 1
    _store(card, cleaned)
    _record(actor, "edit", card, changes)
    if card.status == CardStatus.PUBLISHED:
        _announce(card)
    return card


@transaction.atomic
def publish_card(*, actor: Actor, card_id: UUID, now: datetime | None = None) -> TalentCard:
    """Show it, without name and contact.

    Raises not_found, not_allowed, wrong_state, organisation_unverified, incomplete.
    """
    card = _locked(actor, card_id, CardAction.PUBLISH)
    if card.organisation is not None:
        require_verified(card.organisation)
    _require_complete(content_of(card))
    return _move(actor, card, CardAction.PUBLISH, now or timezone.now())


@transaction.atomic
def withdraw_card(*, actor: Actor, card_id: UUID, now: datetime | None = None) -> TalentCard:
    """Take it out of lists and suggestions. Raises not_found, not_allowed, wrong_state."""
    card = _locked(actor, card_id, CardAction.WITHDRAW)
    return _move(actor, card, CardAction.WITHDRAW, now or timezone.now())


def _organisation_to_write_for(actor: User, organisation_id: UUID) -> Organisation:
    organisation = Organisation.objects.visible_to(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation")
    is_editor = organisation.pk in editable_organisation_ids(actor)
    if not is_editor and not policies.is_talent_officer(actor):
        raise NotAllowed("create")
    return organisation


def _locked(actor: Actor, card_id: UUID, action: CardAction) -> TalentCard:
    """The row, held until the transaction ends: policy first, then what the state allows."""
    card = (
        TalentCard.objects.visible_to(actor)
        .select_for_update(no_key=True)
        .filter(pk=card_id)
        .first()
    )
    if card is None:
        raise NotFound(KIND)
    if not policies.can_keep(actor, card):
        raise NotAllowed(str(action))
    require_move(card.status, action)
    return card


def _move(actor: Actor, card: TalentCard, action: CardAction, now: datetime) -> TalentCard:
    old = card.status
    card.status = require_move(old, action)
    if action is CardAction.PUBLISH:
        card.published_at = now
    card.save(update_fields=["status", "published_at", "updated_at"])
    changes = audit.differences({"status": old}, {"status": card.status})
    _record(actor, str(action), card, changes)
    _announce(card)
    return card


def _clean(content: Mapping[str, Any], base: Mapping[str, Any]) -> Content:
    codes = known_codes()
    return clean_content(
        content, base=base, chains=codes[Vocabulary.CHAIN], regions=codes[Vocabulary.REGION]
    )


def _require_complete(content: Content) -> None:
    if missing := missing_fields(content):
        raise DomainError("incomplete", missing=missing)


def _store(card: TalentCard, content: Content) -> None:
    for field, value in content.items():
        if field != "skills":
            setattr(card, field, value)
    card.masked_name = mask_name(card.full_name)
    card.save()
    Skill.objects.filter(card=card).delete()
    Skill.objects.bulk_create(
        Skill(card=card, position=position, **skill)
        for position, skill in enumerate(content["skills"])
    )


def _record(actor: Actor, action: str, card: TalentCard, changes: Mapping[str, Any]) -> None:
    audit.record(
        actor=actor if isinstance(actor, User) else None,
        action=action,
        kind=KIND,
        object_id=card.pk,
        organisation_id=card.organisation_id,
        changes=without_identity(changes),
    )


def _announce(card: TalentCard) -> None:
    outbox.publish("item.changed", kind=KIND, object_id=str(card.pk))
