"""Needs and capabilities as tables to take along: as filtered, each row at its reader's level."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from market.listings import policies
from market.listings.content import FIELDS, Content, FieldShape
from market.listings.kinds import ListingKind
from market.listings.models import Capability, Indicator, Need
from market.listings.queries import ListingFilters, QueueEntry, rows_to_list, walk_review_queue
from market.listings.sources import indicator_text
from market.listings.storage import read_content
from market.listings.visibility import hidden_fields, without
from park.accounts.actors import Actor
from park.organisations.queries import Standing, standing_of
from park.sheets.exports import Details, Field, Named, Table, Words, joined, yes_or_no
from park.sheets.layouts import Cell, CellType

ROWS_AT_ONCE = 500
"""How many rows are in memory; the database keeps the place of the next (a server-side cursor)."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An entry with what its reader may not see taken out."""

    listing: Need | Capability
    content: Content
    is_expired: bool


LONG, MIDDLE, SHORT = 48, 24, 14
HEADINGS: dict[str, tuple[Named, float]] = {
    "kind": (Named("类型", "Kind"), SHORT),
    "chain": (Named("产业链", "Industry chain"), SHORT),
    "key_areas": (Named("重点领域", "Key areas"), MIDDLE),
    "region": (Named("区域", "Region"), SHORT),
    "keywords": (Named("关键词", "Keywords"), MIDDLE),
    "contact_name": (Named("联系人", "Contact"), SHORT),
    "contact_phone": (Named("联系电话", "Telephone"), 18),
    "contact_email": (Named("电子邮箱", "E-mail"), MIDDLE),
    # A need's.
    "problem": (Named("拟解决的主要技术问题", "Problem"), LONG),
    "goals": (Named("技术目标", "Goals"), LONG),
    "budget_min": (Named("资金投入下限（元）", "Budget from (yuan)"), 18),
    "budget_max": (Named("资金投入上限（元）", "Budget up to (yuan)"), 18),
    "due_on": (Named("完成时限", "Due on"), SHORT),
    "ip_stance": (Named("产权归属", "Intellectual property"), SHORT),
    "maturity_wanted": (Named("期望成熟度", "Maturity wanted (TRL)"), SHORT),
    "solver_conditions": (Named("对揭榜方的条件", "Conditions for the solver"), LONG),
    "benchmark": (Named("对标水平", "Benchmark"), LONG),
    "prospects": (Named("产业化前景", "Prospects"), LONG),
    # A capability's.
    "maturity": (Named("成熟度", "Maturity (TRL)"), SHORT),
    "description": (Named("成果简介", "Description"), LONG),
    "innovation": (Named("主要创新点", "Innovation"), LONG),
    "applications": (Named("应用和推广情况", "Applications"), LONG),
    "ip_status": (Named("知识产权情况", "IP status"), MIDDLE),
    "capacity_now": (Named("当前供给能力", "Capacity now"), MIDDLE),
    "price_min": (Named("价格下限（元）", "Price from (yuan)"), 18),
    "price_max": (Named("价格上限（元）", "Price up to (yuan)"), 18),
    "valid_until": (Named("有效期至", "Valid until"), SHORT),
}
# In the order of a real list: what is asked or offered first, whose it is towards the end.
ORDER = {
    ListingKind.NEED: (
        "kind", "chain", "key_areas", "region", "keywords", "problem", "goals", "indicators",
        "budget_min", "budget_max", "due_on", "ip_stance", "maturity_wanted", "solver_conditions",
        "benchmark", "prospects",
    ),
    ListingKind.CAPABILITY: (
        "kind", "chain", "key_areas", "region", "keywords", "maturity", "description",
        "innovation", "indicators", "applications", "ip_status", "capacity_now", "price_min",
        "price_max", "valid_until",
    ),
}  # fmt: skip
CONTACT = ("contact_name", "contact_phone", "contact_email")
TITLE = {
    ListingKind.NEED: Named("技术需求名称", "Need"),
    ListingKind.CAPABILITY: Named("成果名称", "Capability"),
}
INDICATORS = {
    ListingKind.NEED: Named("核心考核指标", "Indicators"),
    ListingKind.CAPABILITY: Named("技术经济指标", "Indicators"),
}
OWNER = {
    ListingKind.NEED: Named("提出单位", "Organisation"),
    ListingKind.CAPABILITY: Named("完成单位", "Organisation"),
}
NAME = {
    ListingKind.NEED: Named("需求清单", "Needs"),
    ListingKind.CAPABILITY: Named("能力清单", "Capabilities"),
}
VOCABULARIES = {
    "chain": "chains", "key_areas": "key_areas", "region": "regions", "ip_stance": "ip_stances",
}  # fmt: skip
KINDS = {ListingKind.NEED: "need_kinds", ListingKind.CAPABILITY: "capability_kinds"}
CELLS = {
    FieldShape.MONEY: CellType.MONEY,
    FieldShape.DATE: CellType.DATE,
    FieldShape.MATURITY: CellType.WHOLE,
}


def export_listings(
    *, actor: Actor, kind: ListingKind, filters: ListingFilters | None = None
) -> Table[ExportRow]:
    """The rows of `queries.list_listings` with the same filters, in the same order, as a table.

    Raises invalid_input and not_allowed as that does, before the first row.
    """
    standing = standing_of(actor)
    rows, order = rows_to_list(actor, kind, filters or ListingFilters(), standing)
    rows = rows.select_related("organisation").prefetch_related("indicators")
    found = rows.order_by(f"-{order}", "-pk").iterator(chunk_size=ROWS_AT_ONCE)
    today = timezone.localdate()
    return Table(
        noun=kind.value,
        name=NAME[kind],
        fields=_fields(kind),
        rows=(_row(listing, standing, today) for listing in found),
        details=Details(Named("指标", "Indicators"), _indicator_fields(kind), _indicators),
        has_contacts=standing.is_staff or bool(standing.organisation_ids),
    )


def _row(listing: Need | Capability, standing: Standing, today: date) -> ExportRow:
    content = read_content(listing)
    if not policies.sees_all(standing, listing):
        hidden = hidden_fields(listing.listing_kind, listing.field_levels)
        content = without(content, hidden)
    return ExportRow(listing, content, listing.is_expired(today))


def _fields(kind: ListingKind) -> list[Field[ExportRow]]:
    return [
        Field(TITLE[kind], lambda row, _: row.content["title"], width=32),
        *(_content_field(kind, name) for name in ORDER[kind]),
        Field(OWNER[kind], lambda row, _: row.listing.organisation.name, width=28),
        *(_content_field(kind, name) for name in CONTACT),
        Field(Named("状态", "Status"), _status, width=SHORT),
        _time_field(Named("发布时间", "Published at"), "published_at"),
        _time_field(Named("更新时间", "Updated at"), "updated_at"),
        Field(
            Named("示例", "Example"),
            lambda row, words: yes_or_no(row.listing.is_example, words),
            width=8,
        ),
        Field(Named("来源", "Source"), lambda row, _: row.listing.source_note, width=MIDDLE),
        Field(Named("编号", "Id"), lambda row, _: str(row.listing.pk), width=38),
    ]


def _content_field(kind: ListingKind, name: str) -> Field[ExportRow]:
    if name == "indicators":
        return Field(INDICATORS[kind], lambda row, _: indicator_lines(row.content), width=LONG)
    shape = FIELDS[kind][name].shape
    heading, width = HEADINGS[name]
    vocabulary = KINDS[kind] if name == "kind" else VOCABULARIES.get(name, "")

    def read(row: ExportRow, words: Words) -> Cell:
        return content_cell(row.content[name], shape, vocabulary, words)

    return Field(heading, read, CELLS.get(shape, CellType.TEXT), width)


def content_cell(value: Any, shape: FieldShape, vocabulary: str, words: Words) -> Cell:
    """A value of a content as a cell; what is hidden or unknown is empty."""
    if value is None:
        return None
    match shape:
        case FieldShape.CHOICE | FieldShape.TERM:
            return words.name(vocabulary, value)
        case FieldShape.TERMS:
            return joined((words.name(vocabulary, code) for code in value), words)
        case FieldShape.WORDS:
            return joined(value, words)
        case FieldShape.MONEY:
            return Decimal(str(value))
        case FieldShape.DATE:
            return date.fromisoformat(value)
        case _:
            return value


def indicator_lines(content: Content) -> str | None:
    """One line an indicator; None where the reader may not see them."""
    if content["indicators"] is None:
        return None
    return "\n".join(indicator_text(Indicator(**line)) for line in content["indicators"])


def _status(row: ExportRow, words: Words) -> str:
    return words.name("listing_statuses", "expired" if _is_past(row) else row.listing.status)


def _is_past(row: ExportRow) -> bool:
    return row.is_expired and row.listing.status == "published"


def _time_field(heading: Named, name: str) -> Field[ExportRow]:
    def read(row: ExportRow, words: Words) -> datetime | None:
        return getattr(row.listing, name)

    return Field(heading, read, CellType.MOMENT, 18)


IndicatorRow = tuple[ExportRow, int, dict[str, Any]]


def _indicators(row: ExportRow) -> Iterator[IndicatorRow]:
    for position, line in enumerate(row.content["indicators"] or (), 1):
        yield row, position, line


def _indicator_fields(kind: ListingKind) -> list[Field[IndicatorRow]]:
    def part(name: str) -> Callable[[IndicatorRow, Words], Cell]:
        return lambda row, _: row[2][name]

    return [
        Field(TITLE[kind], lambda row, _: row[0].content["title"], width=32),
        Field(OWNER[kind], lambda row, _: row[0].listing.organisation.name, width=28),
        Field(Named("序号", "No."), lambda row, _: row[1], CellType.WHOLE, 8),
        Field(Named("指标名称", "Indicator"), part("name"), width=MIDDLE),
        Field(
            Named("比较", "Comparison"),
            lambda row, words: words.name("comparators", row[2]["comparator"]),
            width=10,
        ),
        Field(Named("数值", "Value"), part("value"), CellType.NUMBER, 12),
        Field(Named("上限值", "Upper value"), part("value_max"), CellType.NUMBER, 12),
        Field(Named("单位", "Unit"), part("unit"), width=12),
        Field(
            Named("是否必须", "Required"),
            lambda row, words: yes_or_no(row[2]["is_must"], words),
            width=10,
        ),
        Field(Named("文字说明", "In words"), part("text"), width=LONG),
        Field(Named("证明材料", "Evidence"), part("evidence"), width=MIDDLE),
        Field(Named("编号", "Id"), lambda row, _: str(row[0].listing.pk), width=38),
    ]


def export_review_queue(*, actor: Actor) -> Table[QueueEntry]:
    """What waits for staff, the longest waiting first. Raises not_allowed before the first row."""
    rows: Iterable[QueueEntry] = walk_review_queue(actor=actor)
    return Table(
        noun="review-queue",
        name=Named("待审核清单", "Review queue"),
        fields=[
            Field(
                Named("清单", "List"),
                lambda row, words: words.name("listing_kinds", row.listing_kind),
                width=SHORT,
            ),
            Field(Named("名称", "Title"), lambda row, _: row.title, width=40),
            Field(Named("单位", "Organisation"), lambda row, _: row.organisation_name, width=28),
            Field(
                Named("事由", "Reason"),
                lambda row, words: words.name("review_reasons", row.reason),
                width=MIDDLE,
            ),
            Field(
                Named("等待自", "Waiting since"),
                lambda row, _: row.waiting_since,
                CellType.MOMENT,
                18,
            ),
            Field(
                Named("修订号", "Revision"), lambda row, _: row.revision_number, CellType.WHOLE, 10
            ),
            Field(Named("编号", "Id"), lambda row, _: str(row.id), width=38),
        ],
        rows=rows,
    )
