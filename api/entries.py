"""Any kind of entry by its id, in the few words that suggestions and search results show."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from equipment.models import Instrument
from equipment.queries import get_instrument
from market.listings import queries as listings
from market.listings.kinds import ListingKind
from park.accounts.actors import Actor
from park.core.texts import as_line
from talent.models import TalentCard
from talent.queries import get_card

SUMMARY_LENGTH = 120

Entry = dict[str, Any]
Key = tuple[str, UUID]
"""Kind and id."""


def require_visible(actor: Actor, kind: str, entry_id: UUID) -> None:
    """Raises NotFound for what the actor may not see."""
    match kind:
        case "instrument":
            get_instrument(actor=actor, instrument_id=entry_id)
        case "person":
            get_card(actor=actor, card_id=entry_id)
        case _:
            listings.get_listing(actor=actor, kind=ListingKind(kind), listing_id=entry_id)


def entries_by_key(actor: Actor, keys: Iterable[Key]) -> dict[Key, Entry]:
    """Those of them that the actor may see; one or two queries a kind."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for kind, entry_id in keys:
        ids[kind].append(entry_id)
    return {
        (kind, entry["id"]): entry
        for kind, wanted in ids.items()
        for entry in READERS[kind](actor, wanted)
    }


def _listings(kind: ListingKind) -> Callable[[Actor, list[UUID]], Iterable[Entry]]:
    def read(actor: Actor, ids: list[UUID]) -> Iterable[Entry]:
        cards = listings.cards_by_id(actor=actor, kind=kind, listing_ids=ids)
        for card in cards.values():
            yield {
                "kind": kind.value,
                "id": card.id,
                "title": card.title,
                "summary": card.summary,
                "organisation": card.organisation,
                "chain": card.chain,
                "region": card.region or "",
                "is_example": card.is_example,
            }

    return read


def _instruments(actor: Actor, ids: list[UUID]) -> Iterable[Entry]:
    rows = Instrument.objects.visible_to(actor).filter(pk__in=ids).select_related("organisation")
    return [_entry("instrument", row, row.name, row.description) for row in rows]


def _people(actor: Actor, ids: list[UUID]) -> Iterable[Entry]:
    rows = TalentCard.objects.visible_to(actor).filter(pk__in=ids).select_related("organisation")
    return [_entry("person", row, f"{row.masked_name} · {row.headline}", row.about) for row in rows]


def _entry(kind: str, row: Instrument | TalentCard, title: str, text: str) -> Entry:
    return {
        "kind": kind,
        "id": row.pk,
        "title": title,
        "summary": as_line(text)[:SUMMARY_LENGTH],
        "organisation": row.organisation,
        "chain": next(iter(row.chains), ""),
        "region": row.region,
        "is_example": row.is_example,
    }


READERS: dict[str, Callable[[Actor, list[UUID]], Iterable[Entry]]] = {
    **{kind.value: _listings(kind) for kind in ListingKind},
    "instrument": _instruments,
    "person": _people,
}
