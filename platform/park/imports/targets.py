"""What can be imported: each noun registers how a row of a list becomes one of its entries.

Imports know no noun, as matching knows none: a target names its fields with their usual headings,
reads a row into a content, and writes contents in bulk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from park.accounts.actors import Actor

SOURCE_ID = "source_id"
ORGANISATION = "organisation"
SOURCE_NOTE = "source_note"


@dataclass(frozen=True, slots=True)
class ImportField:
    """`headings` are other usual names of the column; `name`, `zh` and `en` are known anyway."""

    name: str
    zh: str
    en: str
    headings: tuple[str, ...] = ()
    is_joined: bool = False
    """Several columns may go into it, one under the other with their headings."""
    example: str = ""
    """For the template; "" leaves the column out of it."""


def import_field(
    name: str, zh: str, en: str, headings: str = "", *, is_joined: bool = False, example: str = ""
) -> ImportField:
    """`headings` parted by spaces."""
    return ImportField(name, zh, en, tuple(headings.split()), is_joined, example)


SHARED_FIELDS = (
    import_field(
        "source_id",
        "编号",
        "Number in your list",
        "需求编号 成果编号 项目编号 设备编号 仪器编号 资产编号 唯一编号 id",
    ),
    import_field(
        "source_note",
        "来源",
        "Source",
        "信息来源 数据来源 来源说明 出处 source",
    ),
)
ORGANISATION_FIELD = import_field(
    "organisation",
    "提出单位",
    "Organisation",
    "单位名称 企业名称 需求单位 需求企业 提出企业 发榜单位 完成单位 所属单位 "
    "持有单位 供给单位 成果单位 申报单位 单位 企业 公司名称 权利人 专利权人 holder "
    "统一社会信用代码",
    example="黄石示例铜业有限公司",
)
IGNORED_HEADINGS = ("序号", "行号", "no", "index", "示例", "说明")
"""Positions in one list mean nothing in the next."""


class Level(StrEnum):
    ERROR = "error"
    """The row is not taken over."""
    DOUBT = "doubt"
    """It is taken over only when a person says so."""
    WARNING = "warning"
    """It is taken over; what is named here stays unknown or was put elsewhere."""


@dataclass
class RowIssues:
    """What a person should know of a row, by field; the columns are put in afterwards."""

    found: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, level: Level, name: str, code: str, *, value: str = "", limit: Any = None, **more: Any
    ) -> None:
        issue: dict[str, Any] = {"level": level.value, "column": "", "field": name, "code": code}
        if value:
            issue["value"] = value[:200]
        if limit is not None:
            issue["limit"] = limit
        self.found.append(issue | more)

    def error(self, name: str, code: str, **more: Any) -> None:
        self.add(Level.ERROR, name, code, **more)

    def warn(self, name: str, code: str, **more: Any) -> None:
        self.add(Level.WARNING, name, code, **more)

    def doubt(self, name: str, code: str, **more: Any) -> None:
        self.add(Level.DOUBT, name, code, **more)

    def has(self, level: Level) -> bool:
        return any(issue["level"] == level for issue in self.found)


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    heading: str
    """As written: it may name a unit, as in 资金投入（万元）."""


@dataclass(frozen=True, slots=True)
class RowContent:
    """A row read: `content` as the noun stores it, only of fields that the row speaks of."""

    title: str
    content: Mapping[str, Any]
    identity: Sequence[str]
    """What tells it from every other row where the list has no numbers of its own."""
    existing_id: UUID | None = None
    """The entry that is here already, by its own law (a credit code), whoever made it."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    id: UUID
    organisation_id: UUID | None
    content: Mapping[str, Any]
    source_note: str


class Update(StrEnum):
    """What became of an attempt to change an entry."""

    DONE = "done"
    EDITED_HERE = "edited_here"
    """People have edited it since: their work is not overwritten."""
    CLOSED = "closed"
    UNSUPPORTED = "unsupported"
    """Entries of this kind are changed by hand."""


class Reader(Protocol):
    """Reads rows with what was looked up once for many (vocabularies)."""

    def read(self, cells: Mapping[str, Cell], issues: RowIssues) -> RowContent: ...


class ImportTarget(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def fields(self) -> Sequence[ImportField]:
        """In the order of the template."""
        ...

    @property
    def main_fields(self) -> Sequence[str]:
        """One of these must have a column."""
        ...

    @property
    def has_organisation(self) -> bool: ...

    @property
    def is_tried_in_preview(self) -> bool:
        """Whether only making the entry shows if a rule refuses it; a preview then makes it and
        takes it back."""
        ...

    def can_import(self, actor: Actor) -> bool: ...

    def reader(self, today: date) -> Reader: ...

    def existing(self, object_ids: Sequence[UUID]) -> set[UUID]:
        """Which of the entries are still there."""
        ...

    def create(
        self, *, actor: Actor, entries: Sequence[NewEntry], publish: bool
    ) -> Mapping[UUID, UUID]:
        """Inside the caller's transaction. {promised id: real id} where they differ.

        Raises DomainError for an entry that a rule refuses.
        """
        ...

    def update(
        self, *, actor: Actor, object_id: UUID, version: int, content: Mapping[str, Any]
    ) -> tuple[Update, int]:
        """Change an entry that is still as the import left it (`version`); gives its version."""
        ...

    def publish(self, *, actor: Actor, object_ids: Sequence[UUID]) -> int:
        """Show those to everybody that wait for it; returns how many."""
        ...


_targets: dict[str, ImportTarget] = {}


def register(target: ImportTarget) -> None:
    _targets[target.kind] = target


def get_target(kind: str) -> ImportTarget | None:
    return _targets.get(kind)


def all_targets() -> list[ImportTarget]:
    return list(_targets.values())


def field_of(target: ImportTarget, name: str) -> ImportField | None:
    return next((one for one in target.fields if one.name == name), None)
