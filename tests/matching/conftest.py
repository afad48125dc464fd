"""Entries for matching without any noun: a source that holds what a test puts into it."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from matching import sources
from matching.index.cursor import database_key
from matching.serving import get_serving, index_folder
from matching.sources import Facets, IndicatorLine, Passage, Side, SourceItem
from park.core.levels import Level

TODAY = date(2026, 6, 1)
REFINING = (
    "6N超高纯铜电解精炼工艺",
    "需要把电解铜的纯度提高到6N，降低银和硫的含量，用于半导体靶材。",
)
REFINER = (
    "高纯铜两段电解精炼技术",
    "采用两段电解与真空熔炼，稳定制备6N高纯铜，银、硫含量低于0.1ppm。",
)
CRANE = ("港口岸桥远程操控系统", "码头集装箱岸桥的远程自动化操控，减少现场司机。")


class HeldSource:
    def __init__(self, kind: str, side: Side) -> None:
        self.kind = kind
        self.side = side
        self.held: dict[UUID, SourceItem] = {}

    def load(self, object_ids: Iterable[UUID]) -> list[SourceItem]:
        return [self.held[one] for one in object_ids if one in self.held]

    def all_ids(self) -> Iterable[UUID]:
        return [one for one, item in self.held.items() if item.is_searchable]

    def add(
        self,
        title: str,
        *texts: str | Passage,
        organisation_id: UUID | None = None,
        object_id: UUID | None = None,
        facets: Facets | None = None,
        indicators: Iterable[IndicatorLine] = (),
        is_searchable: bool = True,
    ) -> UUID:
        object_id = object_id or uuid4()
        passages = [Passage("title", Level.PUBLIC, title)]
        passages += [
            text if isinstance(text, Passage) else Passage("problem", Level.PUBLIC, text, number)
            for number, text in enumerate(texts)
        ]
        self.held[object_id] = SourceItem(
            self.kind,
            self.side,
            object_id,
            title,
            datetime(2026, 5, 1, tzinfo=UTC),
            organisation_id,
            is_searchable,
            passages,
            list(indicators),
            facets or Facets(),
        )
        return object_id


def own_index_folder() -> Path:
    """Of this process's test database: the folder of all is shared with the process beside it."""
    return index_folder() / database_key()


@pytest.fixture
def fresh_serving(db: None) -> Iterator[None]:
    """Each test's entries are others: no index of an earlier one is kept, nor its file."""
    serving = get_serving()
    serving.forget()
    shutil.rmtree(own_index_folder(), ignore_errors=True)
    yield
    serving.forget()
    shutil.rmtree(own_index_folder(), ignore_errors=True)


@pytest.fixture
def only_held_sources(
    monkeypatch: pytest.MonkeyPatch, fresh_serving: None
) -> dict[str, HeldSource]:
    held = {
        "need": HeldSource("need", Side.NEED),
        "capability": HeldSource("capability", Side.OFFER),
        "instrument": HeldSource("instrument", Side.OFFER),
    }
    monkeypatch.setattr(sources, "_sources", dict(held))
    return held


@pytest.fixture
def needs(only_held_sources: dict[str, HeldSource]) -> HeldSource:
    return only_held_sources["need"]


@pytest.fixture
def capabilities(only_held_sources: dict[str, HeldSource]) -> HeldSource:
    return only_held_sources["capability"]


@pytest.fixture
def instruments(only_held_sources: dict[str, HeldSource]) -> HeldSource:
    return only_held_sources["instrument"]
