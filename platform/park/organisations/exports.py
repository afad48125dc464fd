"""Organisations as a table to take along: what anybody may know of them."""

from park.accounts.actors import Actor
from park.organisations.models import Organisation
from park.organisations.queries import organisations_to_list
from park.sheets.exports import Field, Named, Table, joined, yes_or_no
from park.sheets.layouts import CellType

ROWS_AT_ONCE = 500


def export_organisations(
    *, actor: Actor, q: str = "", kind: str = "", chain: str = "", region: str = ""
) -> Table[Organisation]:
    """The rows of `queries.list_organisations`. Raises invalid_input before the first row."""
    rows = organisations_to_list(q=q, kind=kind, chain=chain, region=region)
    return Table(
        noun="organisation",
        name=Named("单位清单", "Organisations"),
        fields=[
            Field(Named("单位名称", "Name"), lambda row, _: row.name, width=36),
            Field(Named("英文名称", "English name"), lambda row, _: row.name_en, width=36),
            Field(Named("简称", "Short name"), lambda row, _: row.short_name),
            Field(
                Named("类型", "Kind"), lambda row, words: words.name("organisation_kinds", row.kind)
            ),
            Field(
                Named("产业链", "Industry chains"),
                lambda row, words: joined((words.name("chains", c) for c in row.chains), words),
                width=24,
            ),
            Field(Named("区域", "Region"), lambda row, words: words.name("regions", row.region)),
            Field(Named("简介", "About"), lambda row, _: row.about, width=48),
            Field(
                Named("登记时间", "Registered at"),
                lambda row, _: row.created_at,
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
        rows=rows.order_by("-pk").iterator(chunk_size=ROWS_AT_ONCE),
    )
