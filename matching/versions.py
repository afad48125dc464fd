"""What a suggestion was made from, so that a replay can tell what has changed since."""

from typing import Any

from django.db.models import Q

from matching import scoring
from matching.models import EndedSuggestion, Item, MatchSuggestion


def versions_of(need: Item, offer: Item, *, model_id: str, idf: int) -> dict[str, Any]:
    """`model_id` carries the model's revision and is empty where no model took part; digests are
    those of the items as they were scored."""
    return {
        "model_id": model_id,
        "weights": scoring.WEIGHTS_VERSION,
        "idf": idf,
        "need_text": need.text_digest,
        "offer_text": offer.text_digest,
        "need_facts": need.facts_digest,
        "offer_facts": offer.facts_digest,
    }


def end_suggestions(item: Item) -> int:
    """Takes the suggestions of a withdrawn item away; their numbers stay for a replay."""
    rows = MatchSuggestion.objects.filter(Q(need_item=item) | Q(offer_item=item))
    EndedSuggestion.objects.bulk_create(
        (
            EndedSuggestion(
                pk=one.pk,
                need_item_id=one.need_item_id,
                offer_item_id=one.offer_item_id,
                score=one.score,
                band=one.band,
                features=one.features,
                versions=one.versions,
                made_at=one.made_at,
            )
            for one in rows.defer("reasons")
        ),
        ignore_conflicts=True,
    )
    return rows.delete()[0]
