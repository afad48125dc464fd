"""Talent cards as the API shows them. Whose they are is decided in `talent.queries`."""

from typing import Any
from uuid import UUID

from park.accounts.actors import Actor
from park.core.pages import Page
from talent import queries
from talent.models import TalentCard


def detail(actor: Actor, card_id: UUID) -> dict[str, Any]:
    card = queries.get_card(actor=actor, card_id=card_id)
    return {
        "id": card.pk,
        "organisation": card.organisation,
        "status": card.status,
        "version": card.version,
        "content": queries.content_for(actor, card),
        "is_example": card.is_example,
        "published_at": card.published_at,
        "allowed_actions": queries.allowed_actions(actor, card),
    }


def present_cards(page: Page[TalentCard]) -> dict[str, Any]:
    return {"items": [row_of(card) for card in page.items], "next_cursor": page.next_cursor}


def row_of(card: TalentCard) -> dict[str, Any]:
    """What anybody may see; a name is masked in every list."""
    return {
        "id": card.pk,
        "masked_name": card.masked_name,
        "headline": card.headline,
        "title": card.title,
        "skill_level": card.skill_level,
        "chains": card.chains,
        "region": card.region,
        "skills": [skill.name for skill in card.skills.all()],
        "organisation": card.organisation,
        "status": card.status,
        "is_example": card.is_example,
        "published_at": card.published_at,
    }
