"""Instruments and bookings as tables to take along, as their reader may see them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from equipment import policies
from equipment.models import Booking, Comparator, Instrument, MeasuredCapability
from equipment.queries import bookings_to_list, instruments_to_list
from park.accounts.actors import Actor
from park.sheets.exports import Details, Field, Named, Table, Words, joined, yes_or_no
from park.sheets.layouts import Cell, CellType

ROWS_AT_ONCE = 500


def export_instruments(
    *,
    actor: Actor,
    q: str = "",
    chain: str = "",
    region: str = "",
    service_mode: str = "",
    mine: bool = False,
) -> Table[Instrument]:
    """The rows of `queries.list_instruments`. Raises invalid_input before the first row."""
    rows, by = instruments_to_list(
        actor, q=q, chain=chain, region=region, service_mode=service_mode, mine=mine
    )
    sees_contact = policies.can_see_contact(actor)

    def phone(row: Instrument, words: Words) -> Cell:
        return row.contact_phone if sees_contact else None

    return Table(
        noun="instrument",
        name=Named("共享仪器清单", "Instruments"),
        fields=[
            Field(Named("仪器名称", "Instrument"), lambda row, _: row.name, width=28),
            Field(Named("型号", "Model"), lambda row, _: row.model, width=20),
            Field(Named("简介", "Description"), lambda row, _: row.description, width=48),
            Field(Named("测量能力", "What it measures"), _measures, width=40),
            Field(Named("放置地点", "Place"), lambda row, _: row.place, width=24),
            Field(Named("区域", "Region"), lambda row, words: words.name("regions", row.region)),
            Field(
                Named("产业链", "Industry chains"),
                lambda row, words: joined((words.name("chains", c) for c in row.chains), words),
                width=20,
            ),
            Field(
                Named("服务方式", "Service"),
                lambda row, words: words.name("service_modes", row.service_mode),
            ),
            Field(
                Named("每小时价格（元）", "Price per hour (yuan)"),
                lambda row, _: row.price_per_hour,
                CellType.MONEY,
            ),
            Field(Named("开放时间", "Open"), _hours, width=22),
            Field(
                Named("所属单位", "Organisation"), lambda row, _: row.organisation.name, width=28
            ),
            Field(Named("联系人", "Contact"), lambda row, _: row.contact_name),
            Field(Named("联系电话", "Telephone"), phone, width=18),
            Field(
                Named("状态", "Status"),
                lambda row, words: words.name("instrument_statuses", row.status),
            ),
            Field(
                Named("发布时间", "Published at"),
                lambda row, _: row.published_at,
                CellType.MOMENT,
                18,
            ),
            Field(
                Named("示例", "Example"),
                lambda row, words: yes_or_no(row.is_example, words),
                width=8,
            ),
            Field(Named("编号", "Id"), lambda row, _: str(row.pk), width=38),
        ],
        rows=rows.order_by(f"-{by}", "-pk").iterator(chunk_size=ROWS_AT_ONCE),
        details=Details(Named("测量能力", "Measures"), _measure_fields(), _lines_of),
        has_contacts=sees_contact,
    )


def export_bookings(*, actor: Actor, instrument_id: UUID | None = None) -> Table[Booking]:
    """The rows of `queries.list_bookings`: both sides of a booking may know all of it."""
    rows = bookings_to_list(actor, instrument_id)
    return Table(
        noun="booking",
        name=Named("预约清单", "Bookings"),
        fields=[
            Field(Named("仪器", "Instrument"), lambda row, _: row.instrument.name, width=28),
            Field(Named("预约单位", "Booked for"), lambda row, _: row.organisation.name, width=28),
            Field(
                Named("预约人", "Booked by"),
                lambda row, _: row.booked_by.display_name or row.booked_by.username,
            ),
            Field(Named("开始", "Starts"), lambda row, _: row.starts_at, CellType.MOMENT, 18),
            Field(Named("结束", "Ends"), lambda row, _: row.ends_at, CellType.MOMENT, 18),
            Field(
                Named("状态", "Status"),
                lambda row, words: words.name("booking_statuses", row.status),
            ),
            Field(Named("用途", "Purpose"), lambda row, _: row.purpose, width=36),
            Field(Named("费用（元）", "Price (yuan)"), lambda row, _: row.price, CellType.MONEY),
            Field(
                Named("取消时间", "Cancelled at"),
                lambda row, _: row.cancelled_at,
                CellType.MOMENT,
                18,
            ),
            Field(
                Named("取消原因", "Why cancelled"), lambda row, _: row.cancellation_reason, width=28
            ),
            Field(Named("编号", "Id"), lambda row, _: str(row.pk), width=38),
        ],
        rows=rows.order_by("-starts_at", "-pk").iterator(chunk_size=ROWS_AT_ONCE),
        has_contacts=True,
    )


def _hours(row: Instrument, words: Words) -> str:
    days = ",".join(map(str, row.open_weekdays))
    hours = f"{row.open_from:%H:%M}–{row.open_until:%H:%M}"
    return f"{hours} ({days})" if words.is_english else f"{hours}（周{days}）"


def _measures(row: Instrument, words: Words) -> str:
    return "\n".join(_in_words(line) for line in row.measured_capabilities.all())


def _in_words(line: MeasuredCapability) -> str:
    parts = [line.name]
    if line.value is not None and line.comparator != Comparator.TEXT:
        sign = Comparator(line.comparator).label
        if line.comparator == Comparator.RANGE and line.value_max is not None:
            parts.append(f"{line.value:g}~{line.value_max:g} {line.unit}".strip())
        else:
            parts.append(f"{sign} {line.value:g} {line.unit}".strip())
    parts.append(line.text)
    return " ".join(part for part in parts if part)


MeasureRow = tuple[Instrument, MeasuredCapability]


def _lines_of(row: Instrument) -> Iterator[MeasureRow]:
    for line in row.measured_capabilities.all():
        yield row, line


def _measure_fields() -> list[Field[Any]]:
    return [
        Field(Named("仪器名称", "Instrument"), lambda row, _: row[0].name, width=28),
        Field(Named("测量项", "Quantity"), lambda row, _: row[1].name, width=24),
        Field(
            Named("比较", "Comparison"),
            lambda row, words: words.name("comparators", row[1].comparator),
            width=10,
        ),
        Field(Named("数值", "Value"), lambda row, _: row[1].value, CellType.NUMBER, 12),
        Field(Named("上限值", "Upper value"), lambda row, _: row[1].value_max, CellType.NUMBER, 12),
        Field(Named("单位", "Unit"), lambda row, _: row[1].unit, width=12),
        Field(Named("文字说明", "In words"), lambda row, _: row[1].text, width=40),
        Field(Named("编号", "Id"), lambda row, _: str(row[0].pk), width=38),
    ]
