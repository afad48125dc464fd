"""Talent cards as a table to take along: names and contact data only for those who keep a card."""

from collections.abc import Callable
from typing import Any

from park.accounts.actors import Actor
from park.organisations.queries import standing_of
from park.sheets.exports import Field, Named, Table, Words, joined, yes_or_no
from park.sheets.layouts import Cell, CellType
from talent import policies
from talent.models import TalentCard
from talent.queries import cards_to_list

ROWS_AT_ONCE = 500


def export_talent_cards(
    *,
    actor: Actor,
    q: str = "",
    chain: str = "",
    region: str = "",
    skill_level: str = "",
    mine: bool = False,
) -> Table[TalentCard]:
    """The rows of `queries.list_talent_cards`. Raises invalid_input before the first row."""
    rows, by = cards_to_list(
        actor, q=q, chain=chain, region=region, skill_level=skill_level, mine=mine
    )
    standing = standing_of(actor)

    def identifying(name: str) -> Callable[[TalentCard, Words], Cell]:
        def read(row: TalentCard, words: Words) -> Cell:
            sees = policies.can_see_identity(actor, row, standing)
            return getattr(row, name) if sees else None

        return read

    return Table(
        noun="person",
        name=Named("人才清单", "People"),
        fields=[
            Field(Named("姓名（脱敏）", "Name (masked)"), lambda row, _: row.masked_name),
            Field(Named("姓名", "Name"), identifying("full_name")),
            Field(Named("专长概述", "Headline"), lambda row, _: row.headline, width=36),
            Field(Named("职称", "Title"), lambda row, _: row.title),
            Field(
                Named("技能等级", "Skill level"),
                lambda row, words: words.name("skill_levels", row.skill_level),
            ),
            Field(Named("技能", "Skills"), _skills, width=36),
            Field(Named("简介", "About"), lambda row, _: row.about, width=48),
            Field(
                Named("产业链", "Industry chains"),
                lambda row, words: joined((words.name("chains", c) for c in row.chains), words),
                width=20,
            ),
            Field(Named("区域", "Region"), lambda row, words: words.name("regions", row.region)),
            Field(
                Named("合作方式", "Open to"),
                lambda row, words: joined(
                    (words.name("engagements", c) for c in row.open_to), words
                ),
                width=20,
            ),
            Field(Named("单位", "Organisation"), _organisation, width=28),
            Field(Named("联系电话", "Telephone"), identifying("contact_phone"), width=18),
            Field(Named("电子邮箱", "E-mail"), identifying("contact_email"), width=24),
            Field(
                Named("状态", "Status"), lambda row, words: words.name("card_statuses", row.status)
            ),
            Field(
                Named("公开时间", "Shown since"),
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
        # Holders, editors and talent officers see some identities; who is signed in may be one.
        has_contacts=policies.may_keep_any(actor),
    )


def _organisation(row: TalentCard, words: Words) -> Cell:
    return row.organisation and row.organisation.name


def _skills(row: Any, words: Words) -> str:
    return "\n".join(_skill(skill, words) for skill in row.skills.all())


def _skill(skill: Any, words: Words) -> str:
    if skill.years is None:
        return skill.name
    years = f"{skill.years} years" if words.is_english else f"{skill.years} 年"
    return f"{skill.name} ({years})" if words.is_english else f"{skill.name}（{years}）"
