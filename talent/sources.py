"""Talent cards as matching sees them: what the person can do, never who it is."""

from collections.abc import Iterable
from uuid import UUID

from matching import sources
from matching.sources import Facets, Passage, Side, SourceItem
from park.core.levels import Level
from talent.models import CardStatus, TalentCard


class PersonSource:
    kind = "person"
    side = Side.OFFER

    def load(self, object_ids: Iterable[UUID]) -> list[SourceItem]:
        """Two queries, however many."""
        rows = TalentCard.objects.filter(pk__in=list(object_ids))
        return [_as_item(row) for row in rows.prefetch_related("skills")]

    def all_ids(self) -> Iterable[UUID]:
        rows = TalentCard.objects.filter(status=CardStatus.PUBLISHED).order_by("pk")
        return rows.values_list("pk", flat=True).iterator()


def register() -> None:
    sources.register(PersonSource())


def _as_item(card: TalentCard) -> SourceItem:
    passages = [Passage("title", Level.PUBLIC, card.headline)]
    if card.about:
        passages.append(Passage("about", Level.PUBLIC, card.about))
    passages += [
        Passage("skill", Level.PUBLIC, skill.name, ordinal)
        for ordinal, skill in enumerate(card.skills.all())
    ]
    return SourceItem(
        kind=PersonSource.kind,
        side=PersonSource.side,
        object_id=card.pk,
        title=card.headline,
        updated_at=card.updated_at,
        organisation_id=card.organisation_id,
        is_searchable=card.status == CardStatus.PUBLISHED,
        passages=passages,
        facets=Facets(chains=tuple(card.chains), region=card.region),
    )
