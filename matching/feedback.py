"""What people say of suggested pairs: useful or not, and why. Also as labels for the ranking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from matching.models import (
    USEFUL_REASONS,
    Feedback,
    FeedbackReason,
    FeedbackSide,
    Item,
    MatchSuggestion,
)
from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.core import audit
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.texts import as_line
from park.organisations.queries import Standing, has_staff_role, standing_of

BROKERING_ROLES = (StaffRole.BROKER, StaffRole.MODERATOR)
NO_VERDICT_ON_THE_MATCH = frozenset({FeedbackReason.UNAVAILABLE, FeedbackReason.KNOWN_ALREADY})
"""Not useful to this person, though the pair may fit perfectly: no label for the ranking."""


def side_of_speaker(standing: Standing, need: Item, offer: Item) -> FeedbackSide | None:
    """For whom somebody may speak of a pair; None is for nobody."""
    if need.organisation_id in standing.editable_ids:
        return FeedbackSide.NEED
    if offer.organisation_id in standing.editable_ids:
        return FeedbackSide.OFFER
    return FeedbackSide.PARK if standing.has_role(*BROKERING_ROLES) else None


def give_feedback(
    *, actor: Actor, suggestion_id: UUID, is_useful: bool, reason: str, note: str = ""
) -> Feedback:
    """One a person and pair: saying it again replaces what was said. Raises NotFound for
    strangers, NotAllowed for viewers of a side, invalid_input for a reason that does not fit."""
    if not fits(reason, is_useful=is_useful):
        raise DomainError("invalid_input", fields=[{"field": "reason", "code": "unknown_choice"}])
    with transaction.atomic():
        suggestion, side = _spoken_of(actor, suggestion_id)
        known = _of(actor, suggestion).first()
        said = {"is_useful": is_useful, "reason": reason, "note": as_line(note)}
        given, _ = Feedback.objects.update_or_create(
            person=actor,
            need_item=suggestion.need_item,
            offer_item=suggestion.offer_item,
            defaults={
                **said,
                "side": side,
                "score": suggestion.score,
                "band": suggestion.band,
                "features": suggestion.features,
                "versions": suggestion.versions,
            },
        )
        old = {name: getattr(known, name) for name in said} if known is not None else {}
        _record(actor, "suggestion.judged", suggestion, side, audit.differences(old, said))
        return given


def take_back_feedback(*, actor: Actor, suggestion_id: UUID) -> None:
    """Undoes `give_feedback`; nothing happens where nothing was said."""
    with transaction.atomic():
        suggestion, side = _spoken_of(actor, suggestion_id)
        known = _of(actor, suggestion).first()
        if known is None:
            return
        said = {"is_useful": known.is_useful, "reason": known.reason, "note": known.note}
        known.delete()
        changes = audit.differences(said, dict.fromkeys(said))
        _record(actor, "suggestion.judgement_taken_back", suggestion, side, changes)


def fits(reason: str, *, is_useful: bool) -> bool:
    """`other` goes with both."""
    if reason == FeedbackReason.OTHER:
        return True
    return reason in FeedbackReason.values and (reason in USEFUL_REASONS) is is_useful


def _spoken_of(actor: Actor, suggestion_id: UUID) -> tuple[MatchSuggestion, FeedbackSide]:
    rows = MatchSuggestion.objects.select_related("need_item", "offer_item")
    suggestion = rows.filter(pk=suggestion_id).first()
    if suggestion is None or not isinstance(actor, User):
        raise NotFound("suggestion")
    standing = standing_of(actor)
    need, offer = suggestion.need_item, suggestion.offer_item
    side = side_of_speaker(standing, need, offer)
    if side is None:
        if standing.belongs_to(need.organisation_id, offer.organisation_id):
            raise NotAllowed("judge_suggestion")
        raise NotFound("suggestion")
    return suggestion, side


def _of(actor: Actor, suggestion: MatchSuggestion) -> Any:
    return Feedback.objects.filter(
        person=actor, need_item=suggestion.need_item, offer_item=suggestion.offer_item
    )


def _record(
    actor: Actor,
    action: str,
    suggestion: MatchSuggestion,
    side: FeedbackSide,
    changes: Mapping[str, Any],
) -> None:
    spoken_for = {
        FeedbackSide.NEED: suggestion.need_item.organisation_id,
        FeedbackSide.OFFER: suggestion.offer_item.organisation_id,
    }
    audit.record(
        actor=actor,
        action=action,
        kind="suggestion",
        object_id=suggestion.pk,
        organisation_id=spoken_for.get(side),
        changes=changes,
    )


# --- reading ---


def feedback_by_pair(
    actor: Actor, suggestions: Sequence[MatchSuggestion]
) -> dict[tuple[UUID, UUID], Feedback]:
    """The actor's own, by need item and offer item."""
    if not isinstance(actor, User):
        return {}
    rows = Feedback.objects.filter(
        person=actor,
        need_item__in={one.need_item_id for one in suggestions},
        offer_item__in={one.offer_item_id for one in suggestions},
    )
    return {(row.need_item_id, row.offer_item_id): row for row in rows}


def list_feedback(*, actor: Actor) -> Iterator[Feedback]:
    """All of it, newest first, with both entries: for those who broker. Raises NotAllowed."""
    if not has_staff_role(actor, *BROKERING_ROLES):
        raise NotAllowed("read_feedback")
    rows = Feedback.objects.select_related("need_item", "offer_item")
    return rows.order_by("-updated_at", "-id").iterator(chunk_size=1000)


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """What a person thought of a pair, with the features as that person saw them."""

    need_id: UUID
    """The need's item: what to leave out together."""
    offer_id: UUID
    features: dict[str, float | None]
    label: int
    """1 useful, 0 not."""
    weights: str
    """The version of the weights and features that ranked it then."""


def labelled_pairs() -> list[LabelledPair]:
    """For fitting, in the order in which it was said: one row a person and pair. What says nothing
    of the match itself is left out."""
    rows = Feedback.objects.exclude(is_useful=False, reason__in=NO_VERDICT_ON_THE_MATCH)
    return [
        LabelledPair(
            row.need_item_id,
            row.offer_item_id,
            row.features,
            int(row.is_useful),
            row.versions.get("weights", ""),
        )
        for row in rows.order_by("updated_at", "id")
    ]
