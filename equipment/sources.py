"""Instruments as matching sees them: what they are and, line by line, what they measure."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from equipment.models import Comparator, Instrument, InstrumentStatus, MeasuredCapability
from matching import sources
from matching.sources import Facets, IndicatorLine, Passage, Side, SourceItem
from park.core.levels import Level

COMPARATORS: dict[str, str] = {"approx": "about", "text": ""}
"""Where matching has another word for it."""


class InstrumentSource:
    kind = "instrument"
    side = Side.OFFER

    def load(self, object_ids: Iterable[UUID]) -> list[SourceItem]:
        """Two queries, however many."""
        rows = Instrument.objects.filter(pk__in=list(object_ids))
        return [_as_item(row) for row in rows.prefetch_related("measured_capabilities")]

    def all_ids(self) -> Iterable[UUID]:
        rows = Instrument.objects.filter(status=InstrumentStatus.PUBLISHED).order_by("pk")
        return rows.values_list("pk", flat=True).iterator()


def register() -> None:
    sources.register(InstrumentSource())


def line_text(line: MeasuredCapability) -> str:
    """As a person would read it: 镀层厚度 5~500 µm, ±1 %."""
    said = [line.name]
    if line.value is not None and line.comparator != Comparator.TEXT:
        sign = Comparator(line.comparator).label
        amount = f"{line.value:.12g}"
        if line.comparator == Comparator.RANGE:
            if line.value_max is not None:
                amount = f"{amount}{sign}{line.value_max:.12g}"
        else:
            amount = f"{sign} {amount}"
        said.append(f"{amount} {line.unit}".strip())
    if line.text:
        said.append(line.text)
    return " ".join(said)


def _as_item(instrument: Instrument) -> SourceItem:
    lines = list(instrument.measured_capabilities.all())
    named = " ".join(part for part in (instrument.name, instrument.model) if part)
    passages = [Passage("title", Level.PUBLIC, named)]
    if instrument.description:
        passages.append(Passage("description", Level.PUBLIC, instrument.description))
    passages += [
        Passage("indicator", Level.PUBLIC, line_text(line), ordinal)
        for ordinal, line in enumerate(lines)
    ]
    return SourceItem(
        kind=InstrumentSource.kind,
        side=InstrumentSource.side,
        object_id=instrument.pk,
        title=instrument.name,
        updated_at=instrument.updated_at,
        organisation_id=instrument.organisation_id,
        is_searchable=instrument.status == InstrumentStatus.PUBLISHED,
        passages=passages,
        indicators=[_as_indicator(line, ordinal) for ordinal, line in enumerate(lines)],
        # A price per hour is no answer to what a need can spend: the budget stays unknown.
        facets=Facets(chains=tuple(instrument.chains), region=instrument.region),
    )


def _as_indicator(line: MeasuredCapability, ordinal: int) -> IndicatorLine:
    return IndicatorLine(
        name=line.name,
        text=line_text(line),
        level=Level.PUBLIC,
        ordinal=ordinal,
        comparator=COMPARATORS.get(line.comparator, str(line.comparator)),
        value=_exact(line.value),
        value_max=_exact(line.value_max),
        unit=line.unit,
    )


def _exact(value: float | None) -> Decimal | None:
    """The number as it was typed, not its binary neighbour."""
    return None if value is None else Decimal(repr(value))
