"""Reads of talent cards, and what a reader may see of each."""

from uuid import UUID

from django.db.models import Q

from park.accounts.actors import Actor
from park.accounts.models import User
from park.core.errors import DomainError, NotFound
from park.core.pages import Page, newest_first
from park.core.texts import character_problem
from park.organisations.queries import Standing, organisation_ids
from talent import policies
from talent.models import CardStatus, Skill, TalentCard, TalentCardQuerySet
from talent.rules import BLANK, IDENTIFYING, Content
from talent.states import CardAction, next_status


def list_talent_cards(
    *,
    actor: Actor,
    q: str = "",
    chain: str = "",
    region: str = "",
    skill_level: str = "",
    mine: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[TalentCard]:
    """The published ones, newest first; with `mine` the actor's own and their organisations',
    drafts included. Names are never searched. Raises invalid_input, invalid_cursor."""
    rows, by = cards_to_list(
        actor, q=q, chain=chain, region=region, skill_level=skill_level, mine=mine
    )
    return newest_first(rows, by=by, purpose="people", cursor=cursor, limit=limit)


def cards_to_list(
    actor: Actor, *, q: str, chain: str, region: str, skill_level: str, mine: bool
) -> tuple[TalentCardQuerySet, str]:
    """The rows that the filters leave, and the time they are ordered by, latest first.

    Raises invalid_input.
    """
    _check_filters(q=q, chain=chain, region=region, skill_level=skill_level)
    rows = _with_parts(TalentCard.objects.visible_to(actor))
    if mine:
        own = Q(organisation_id__in=organisation_ids(actor))
        rows = rows.filter(own | Q(holder=actor) if isinstance(actor, User) else own)
    else:
        rows = rows.filter(status=CardStatus.PUBLISHED)
    if q:
        skills = Skill.objects.filter(name__icontains=q).values("card_id")
        rows = rows.filter(
            Q(headline__icontains=q)
            | Q(title__icontains=q)
            | Q(about__icontains=q)
            | Q(pk__in=skills)
        )
    if chain:
        rows = rows.filter(chains__contains=[chain])
    if region:
        rows = rows.filter(region=region)
    if skill_level:
        rows = rows.filter(skill_level=skill_level)
    return rows, "created_at" if mine else "published_at"


def get_card(*, actor: Actor, card_id: UUID) -> TalentCard:
    """Raises NotFound."""
    card = _with_parts(TalentCard.objects.visible_to(actor)).filter(pk=card_id).first()
    if card is None:
        raise NotFound("person")
    return card


def count_cards() -> int:
    return TalentCard.objects.filter(status=CardStatus.PUBLISHED).count()


def content_of(card: TalentCard) -> Content:
    """The whole content, name and contact data included: only for those who keep the card."""
    content = {field: getattr(card, field) for field in BLANK if field != "skills"}
    content["skills"] = [{"name": skill.name, "years": skill.years} for skill in card.skills.all()]
    return content


def content_for(actor: Actor, card: TalentCard, standing: Standing | None = None) -> Content:
    """The content as this reader may see it, with `masked_name`; null where it is not theirs."""
    content = {**content_of(card), "masked_name": card.masked_name}
    if not policies.can_see_identity(actor, card, standing):
        content.update(dict.fromkeys(IDENTIFYING))
    return content


def allowed_actions(
    actor: Actor, card: TalentCard, standing: Standing | None = None
) -> list[CardAction]:
    """What the actor could do with it right now. Pass `standing` when asking for many."""
    if not policies.can_keep(actor, card, standing):
        return []
    return [action for action in CardAction if next_status(card.status, action)]


def _with_parts(rows: TalentCardQuerySet) -> TalentCardQuerySet:
    return rows.select_related("organisation").prefetch_related("skills")


def _check_filters(**filters: str) -> None:
    fields = [
        {"field": name, "code": fault}
        for name, value in filters.items()
        if (fault := character_problem(value))
    ]
    if fields:
        raise DomainError("invalid_input", fields=fields)
