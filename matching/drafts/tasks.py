"""The worker's door for questions that authors ask while writing. All in JSON."""

from typing import Any
from uuid import UUID

from celery import shared_task


@shared_task(name="matching.similar")
def similar(
    draft: dict[str, str], kind: str, except_id: str | None, unpublished: list[list[str]]
) -> list[dict[str, Any]]:
    """Ids and closeness of what is alike, the closest first."""
    from matching.drafts.finding import Draft, find_similar

    found = find_similar(
        Draft(**draft),
        kind=kind,
        except_id=UUID(except_id) if except_id else None,
        unpublished=[(UUID(one), Draft(title, text)) for one, title, text in unpublished],
    )
    return [{"object_id": str(one.object_id), "closeness": one.likeness.closeness} for one in found]


@shared_task(name="matching.what_if")
def what_if(
    draft: dict[str, str], kind: str, not_organisation_id: str | None, lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """See `matching.drafts.queries.ask_what_if`; the lines are as in `Item.indicators`."""
    from matching.drafts.answering import MAX_OFFERS, answer
    from matching.drafts.finding import Draft, find_offers

    found = find_offers(
        Draft(**draft),
        kind=kind,
        not_organisation_id=UUID(not_organisation_id) if not_organisation_id else None,
        limit=MAX_OFFERS,
    )
    return answer(found, lines)
