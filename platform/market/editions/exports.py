"""The comparison of two editions as a table to take along."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from market.editions.comparison import Compared, FieldChange, LineChange
from market.editions.models import Edition
from market.editions.queries import compare_editions
from market.listings.content import FIELDS, FieldShape
from market.listings.exports import (
    HEADINGS,
    KINDS,
    OWNER,
    TITLE,
    VOCABULARIES,
    content_cell,
)
from market.listings.kinds import ListingKind
from market.listings.models import Indicator
from market.listings.sources import indicator_text
from park.accounts.actors import Actor
from park.sheets.exports import Details, Field, Named, Table, Words
from park.sheets.layouts import Cell, CellType

COUNTS = ("intent", "contract", "paid", "accepted")


def export_comparison(
    *, actor: Actor, edition_id: UUID, other_id: UUID, verdict: str = "", q: str = ""
) -> Table[Compared]:
    """What `queries.compare_editions` finds, a row an entry, and a second sheet of what changed.

    Raises as that does, before the first row.
    """
    view = compare_editions(
        actor=actor, edition_id=edition_id, other_id=other_id, verdict=verdict, q=q
    )
    kind = ListingKind(view.newer.list_kind)
    return Table(
        noun="comparison",
        name=Named("两批对比", "Comparison"),
        fields=_fields(kind, view.older, view.newer),
        rows=view.items,
        details=Details(Named("变化", "Changes"), _change_fields(kind), _changes),
    )


def _fields(kind: ListingKind, older: Edition, newer: Edition) -> list[Field[Compared]]:
    return [
        Field(
            Named("结果", "Verdict"),
            lambda row, words: words.name("comparison_verdicts", row.verdict),
            width=12,
        ),
        Field(TITLE[kind], lambda row, _: row.entry.content["title"], width=36),
        Field(OWNER[kind], lambda row, _: row.entry.organisation_name, width=28),
        Field(
            _position_heading(older),
            lambda row, _: row.old.position if row.old else None,
            CellType.WHOLE,
            18,
        ),
        Field(
            _position_heading(newer),
            lambda row, _: row.new.position if row.new else None,
            CellType.WHOLE,
            18,
        ),
        Field(Named("变化", "Changes"), lambda row, words: _told(kind, row, words), width=60),
        Field(
            Named("现状", "Outcome"),
            lambda row, words: words.name("outcomes", row.outcome.code),
            width=14,
        ),
        Field(
            Named("关闭原因", "Why closed"),
            lambda row, words: words.name("closing_reasons", row.outcome.reason),
            width=20,
        ),
        *(_count_field(name) for name in COUNTS),
        Field(Named("编号", "Id"), lambda row, _: str(row.listing_id), width=38),
    ]


_COUNT_HEADINGS = {
    "intent": Named("意向", "Intents"),
    "contract": Named("合同", "Contracts"),
    "paid": Named("到账", "Paid"),
    "accepted": Named("验收", "Accepted"),
}


def _count_field(name: str) -> Field[Compared]:
    """Empty where nobody counts it: no count is not none."""
    return Field(
        _COUNT_HEADINGS[name],
        lambda row, _: row.outcome.counts.get(name),
        CellType.WHOLE,
        10,
    )


def _position_heading(edition: Edition) -> Named:
    number = "" if edition.number is None else str(edition.number)
    return Named(f"{edition.heading}序号", f"No. in edition {number}".strip())


def _told(kind: ListingKind, row: Compared, words: Words) -> str:
    return "\n".join(
        f"{_name(kind, change, words)}: {_value(kind, change, False, words)} → "
        f"{_value(kind, change, True, words)}"
        for _, change in _changes(row)
    )


Change = tuple[Compared, FieldChange | LineChange]


def _changes(row: Compared) -> Iterator[Change]:
    for change in row.fields:
        yield row, change
    for line in row.lines:
        if line.old != line.new:
            yield row, line


def _change_fields(kind: ListingKind) -> list[Field[Any]]:
    return [
        Field(TITLE[kind], lambda row, _: row[0].entry.content["title"], width=36),
        Field(Named("字段", "Field"), lambda row, words: _name(kind, row[1], words), width=24),
        Field(
            Named("原内容", "Old"),
            lambda row, words: _value(kind, row[1], False, words),
            width=48,
        ),
        Field(
            Named("新内容", "New"), lambda row, words: _value(kind, row[1], True, words), width=48
        ),
        Field(Named("编号", "Id"), lambda row, _: str(row[0].listing_id), width=38),
    ]


def _name(kind: ListingKind, change: FieldChange | LineChange, words: Words) -> str:
    if isinstance(change, LineChange):
        return Named("指标", "Indicator").for_reader(words)
    if change.field == "title":
        return TITLE[kind].for_reader(words)
    heading = HEADINGS.get(change.field)
    return heading[0].for_reader(words) if heading else change.field


def _value(kind: ListingKind, change: FieldChange | LineChange, is_new: bool, words: Words) -> str:
    value = change.new if is_new else change.old
    if value is None:
        return ""
    if isinstance(change, LineChange):
        return indicator_text(Indicator(**value))
    field = FIELDS[kind].get(change.field)
    if field is None:
        # A field that the platform had when the older edition was frozen.
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    vocabulary = KINDS[kind] if field.name == "kind" else VOCABULARIES.get(field.name, "")
    cell: Cell = content_cell(value, field.shape, vocabulary, words)
    if field.shape is FieldShape.MONEY and cell is not None:
        return f"{cell:,}"
    return "" if cell is None else str(cell)
