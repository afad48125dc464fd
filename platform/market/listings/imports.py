"""How a row of a list of needs or capabilities becomes an entry: its columns, its words.

Unknown stays unknown: what a cell says without meaning a value of its field is named to the person
who imports, and never guessed at. Nothing is thrown away: a text that its field cannot hold is
put under the main text with its heading.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from market.listings import policies, rules
from market.listings.content import (
    FIELDS,
    LAST_DAY,
    LINE_LIMIT,
    MAIN_TEXT,
    MONEY_PAIRS,
    Content,
    FieldShape,
    empty_content,
)
from market.listings.import_fields import (
    CONTACT,
    IMPORT_FIELDS,
    IP_WORDS,
    KIND_WORDS,
    MONEY,
)
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from market.listings.services import (
    ImportedEntry,
    create_imported_listings,
    publish_imported_listings,
    update_imported_listing,
)
from park.accounts.actors import Actor
from park.core.errors import DomainError
from park.core.text_rules import Problems
from park.imports import targets, values
from park.imports.targets import (
    Cell,
    ImportField,
    NewEntry,
    RowContent,
    RowIssues,
    Update,
)
from park.imports.values import Choices, Money, Unread
from park.sheets.headings import normalised
from park.vocabularies.queries import list_terms

_SPILLING = ("ip_status", "capacity_now")
"""Lines that are often written as paragraphs."""


class ListingReader:
    """Reads rows of one list with the vocabularies as they are now."""

    def __init__(self, kind: ListingKind, today: date) -> None:
        self.kind = kind
        self.today = today
        terms = list_terms()
        self.terms = {name: frozenset(one.code for one in found) for name, found in terms.items()}
        self.choices = {
            name: Choices({one.code: (one.name_zh, one.name_en) for one in found})
            for name, found in terms.items()
        }
        self.choices["kind"] = Choices(KIND_WORDS[kind])
        self.choices["ip_stance"] = Choices(IP_WORDS)
        self.blank = empty_content(kind)

    def read(self, cells: Mapping[str, Cell], issues: RowIssues) -> RowContent:
        row = _Row(self, cells, issues)
        raw = row.read()
        problems = Problems()
        # A last day that has passed is a fact of an old list: said, not refused.
        content = rules.clean_content(
            self.kind, raw, problems, base=self.blank, terms=self.terms, today=date.min
        )
        for fault in problems.fields:
            name = str(fault["field"]).split(".")[0]
            more = {"limit": fault["limit"]} if "limit" in fault else {}
            issues.error(row.origin.get(name, name), fault["code"], **more)
        last_day = content[LAST_DAY[self.kind]]
        if last_day is not None and date.fromisoformat(last_day) < self.today:
            issues.warn(LAST_DAY[self.kind], "date_in_past", value=last_day)
        if not content["title"] and not problems.fields:
            issues.error("title", "required")
        told = {name: content[name] for name in self.blank if name in raw}
        return RowContent(content["title"], told, self._identity(content))

    def _identity(self, content: Content) -> list[str]:
        main = content[MAIN_TEXT[self.kind]]
        if main:
            return [normalised(content["title"]), normalised(main)]
        # A bare title is not enough to tell two rows apart.
        return [normalised(f"{name}={content[name]}") for name in sorted(content)]


class _Row:
    """One row on its way from cells to a raw content."""

    def __init__(self, reader: ListingReader, cells: Mapping[str, Cell], issues: RowIssues) -> None:
        self.reader, self.cells, self.issues = reader, cells, issues
        self.kind = reader.kind
        self.main = MAIN_TEXT[self.kind]
        self.raw: dict[str, Any] = {}
        self.origin: dict[str, str] = {}
        """{field of the content: field of the list that it was read from}"""
        self.overflow: list[str] = []

    def read(self) -> dict[str, Any]:
        for name, cell in self.cells.items():
            self._read_cell(name, cell)
        if self.overflow:
            parts = [self.raw.get(self.main, ""), *self.overflow]
            self.raw[self.main] = "\n".join(part for part in parts if part)
        return self.raw

    def _read_cell(self, name: str, cell: Cell) -> None:
        match name:
            case "money":
                self._money(cell)
            case "contact":
                self.raw |= values.split_contact(cell.text)
                self.origin |= dict.fromkeys(("contact_name", "contact_phone"), CONTACT)
            case "title":
                self._title(cell)
            case "stage" | "level":
                self.overflow.append(f"{cell.heading}：{cell.text}")
            case "evidence":
                pass  # taken by the indicators
            case _ if name in FIELDS[self.kind]:
                self._field(name, cell)

    def _field(self, name: str, cell: Cell) -> None:
        field = FIELDS[self.kind][name]
        match field.shape:
            case FieldShape.PARAGRAPHS:
                self.raw[name] = cell.text
            case FieldShape.INDICATORS:
                self._indicators(cell)
            case FieldShape.LINE | FieldShape.EMAIL:
                self._line(name, cell, field.limit)
            case FieldShape.CHOICE | FieldShape.TERM:
                key = field.vocabulary or name
                self._put(name, cell, self.reader.choices[key].read(cell.text))
            case FieldShape.TERMS:
                self._terms(name, cell, field.vocabulary)
            case FieldShape.WORDS:
                self._words(name, cell, field.limit, field.max_items)
            case FieldShape.MONEY:
                self._one_amount(name, cell)
            case FieldShape.DATE:
                self._put(name, cell, values.read_date(cell.text), "invalid_date")
            case FieldShape.MATURITY:
                self._put(name, cell, values.read_maturity(cell.text), "out_of_range")

    def _put(self, name: str, cell: Cell, found: Any, invalid: str = "out_of_range") -> None:
        """A value, or what is said about its absence."""
        match found:
            case Unread.UNKNOWN:
                return
            case Unread.INVALID:
                self.issues.error(name, invalid, value=cell.text)
            case Unread():
                self.issues.warn(name, found.value, value=cell.text)
            case date():
                self.raw[name] = found.isoformat()
            case _:
                self.raw[name] = found

    def _line(self, name: str, cell: Cell, limit: int) -> None:
        if name in _SPILLING and len(cell.text) > limit:
            self._keep_as_text(name, cell)
        elif name in _SPILLING:
            self.raw[name] = cell.text
        elif not values.is_unknown(cell.text):
            self.raw[name] = values.narrow(cell.text)

    def _title(self, cell: Cell) -> None:
        title = " ".join(cell.text.split())
        if len(title) > LINE_LIMIT:
            self.overflow.insert(0, title)
            self.issues.warn("title", "title_shortened", limit=LINE_LIMIT)
            title = title[: LINE_LIMIT - 1] + "…"
        self.raw["title"] = title

    def _keep_as_text(self, name: str, cell: Cell) -> None:
        self.overflow.append(f"{cell.heading}：{cell.text}")
        self.issues.warn(name, "kept_as_text")

    def _money(self, cell: Cell) -> None:
        found = values.read_money(cell.text, values.unit_of_heading(cell.heading))
        if not isinstance(found, Money):
            self._put(MONEY, cell, found)
            return
        for name, amount in zip(MONEY_PAIRS[self.kind], (found.low, found.high), strict=True):
            self.origin[name] = MONEY
            if amount is not None:
                self.raw[name] = amount

    def _one_amount(self, name: str, cell: Cell) -> None:
        """A column of one end of the band; its bare numbers are yuan."""
        unit = values.unit_of_heading(cell.heading) or "元"
        found = values.read_money(cell.text, unit)
        if isinstance(found, Money):
            amount = found.low if name.endswith("_min") else found.high
            found = found.low or found.high if amount is None else amount
        self._put(name, cell, found)

    def _terms(self, name: str, cell: Cell, vocabulary: str) -> None:
        codes = []
        for word in values.split_words(cell.text):
            found = self.reader.choices[vocabulary].read(word)
            if isinstance(found, Unread):
                if found is not Unread.UNKNOWN:
                    self.issues.warn(name, found.value, value=word)
            else:
                codes.append(found)
        self.raw[name] = codes

    def _words(self, name: str, cell: Cell, limit: int, most: int) -> None:
        words = values.split_words(cell.text)
        kept = [word for word in words if len(word) <= limit][:most]
        if len(kept) < len(words):
            self._keep_as_text(name, cell)
        self.raw[name] = kept

    def _indicators(self, cell: Cell) -> None:
        lines = values.split_indicators(cell.text)
        if lines is None:
            self._keep_as_text("indicators", cell)
            return
        evidence = self.cells.get("evidence")
        if evidence is not None and lines:
            lines = [line | {"evidence": evidence.text[:500]} for line in lines]
        self.raw["indicators"] = lines


class ListingTarget:
    def __init__(self, listing_kind: ListingKind) -> None:
        self.listing_kind = listing_kind

    has_organisation = True
    is_tried_in_preview = False

    @property
    def kind(self) -> str:
        return self.listing_kind.value

    @property
    def fields(self) -> Sequence[ImportField]:
        return IMPORT_FIELDS[self.listing_kind]

    @property
    def main_fields(self) -> Sequence[str]:
        return ("title",)

    def can_import(self, actor: Actor) -> bool:
        return policies.can_review(actor)

    def reader(self, today: date) -> ListingReader:
        return ListingReader(self.listing_kind, today)

    def existing(self, object_ids: Sequence[UUID]) -> set[UUID]:
        rows = LISTING_MODELS[self.listing_kind].objects.filter(pk__in=list(object_ids))
        return set(rows.values_list("pk", flat=True))

    def create(
        self, *, actor: Actor, entries: Sequence[NewEntry], publish: bool
    ) -> Mapping[UUID, UUID]:
        blank = empty_content(self.listing_kind)
        create_imported_listings(
            actor=actor,
            kind=self.listing_kind,
            publish=publish,
            entries=[
                ImportedEntry(
                    entry.id,
                    entry.organisation_id,
                    blank | dict(entry.content),
                    entry.source_note,
                )
                for entry in entries
                if entry.organisation_id is not None
            ],
        )
        return {}

    def update(
        self, *, actor: Actor, object_id: UUID, version: int, content: Mapping[str, Any]
    ) -> tuple[Update, int]:
        try:
            new = update_imported_listing(
                actor=actor,
                kind=self.listing_kind,
                listing_id=object_id,
                version=version,
                content=content,
            )
        except DomainError as error:
            if error.code != "wrong_state":
                raise
            return Update.CLOSED, version
        return (Update.EDITED_HERE, version) if new is None else (Update.DONE, new)

    def publish(self, *, actor: Actor, object_ids: Sequence[UUID]) -> int:
        return publish_imported_listings(
            actor=actor, kind=self.listing_kind, listing_ids=object_ids
        )


def register() -> None:
    for kind in ListingKind:
        targets.register(ListingTarget(kind))
