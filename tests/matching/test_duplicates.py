"""When two entries are nearly the same, and that an author is told of them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from matching import indexing
from matching.asking import SEARCH, down_key
from matching.drafts import queries
from matching.drafts.finding import Draft, find_similar
from matching.drafts.rules import Likeness, overlap
from matching.lexical import count
from matching.sources import IndicatorLine, Side, SourceItem
from park.core.levels import Level
from tests.matching.conftest import CRANE, REFINING, TODAY, HeldSource
from tests.matching.test_tasks import wait_until

words = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 5), max_size=12)


@given(words, words)
def test_words_overlap_the_same_both_ways_and_never_by_more_than_all(
    one: dict[str, int], other: dict[str, int]
) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1


@given(words.filter(lambda one: len(one) >= 3))
def test_a_text_overlaps_wholly_with_itself(one: dict[str, int]) -> None:
    assert overlap(one, one) == 1


def test_what_is_too_short_to_tell_is_not_alike() -> None:
    assert overlap(count(["铜"]), count(["铜"])) == 0


@pytest.mark.parametrize(
    ("likeness", "closeness"),
    [
        (Likeness(words=0.85), "copy"),
        (Likeness(words=0.5), "similar"),
        (Likeness(title=0.96, text=0.80), "similar"),
        (Likeness(title=0.96), "similar"),
        (Likeness(title=0.93, text=0.97), "similar"),
        (Likeness(title=0.93, text=0.94), None),
        (Likeness(title=0.93), None),
        (Likeness(text=0.99), None),  # firms put the same lines about themselves around all
        (Likeness(title_words=0.6), "similar"),
        # By meaning other things may bear nearly the same words.
        (Likeness(title=0.90, title_words=0.6), None),
        (Likeness(), None),
    ],
)
def test_what_is_alike(likeness: Likeness, closeness: str | None) -> None:
    assert likeness.closeness == closeness


def index(kind: str, *ids: object) -> None:
    for one in ids:
        indexing.index_item(kind, one, today=TODAY)


@pytest.mark.django_db
def test_the_same_request_in_other_words_is_found_and_another_one_is_not(
    needs: HeldSource,
) -> None:
    same = needs.add(*REFINING)
    index("need", same, needs.add(*CRANE))
    draft = Draft(
        "超高纯铜（6N）电解精炼工艺",
        "超高纯铜（6N）电解精炼工艺。希望把电解铜做到6N，银和硫要降下来，供半导体靶材使用。",
    )
    (found,) = find_similar(draft, kind="need", except_id=None, unpublished=[])
    assert found.object_id == same
    assert find_similar(draft, kind="need", except_id=same, unpublished=[]) == []
    assert find_similar(draft, kind="capability", except_id=None, unpublished=[]) == []


@pytest.mark.django_db
def test_a_copy_is_called_one_and_comes_first(needs: HeldSource) -> None:
    copy = needs.add(*REFINING)
    index("need", needs.add("6N高纯铜的电解精炼工艺", "需要更纯的铜。"), copy)
    found = find_similar(
        Draft(REFINING[0], "。".join(REFINING)), kind="need", except_id=None, unpublished=[]
    )
    assert len(found) == 2
    assert (found[0].object_id, found[0].likeness.closeness) == (copy, "copy")


@pytest.mark.django_db
def test_an_unpublished_entry_of_ones_own_is_compared_too(needs: HeldSource) -> None:
    index("need", needs.add(*CRANE))
    own = uuid4()
    draft = Draft(REFINING[0], "。".join(REFINING))
    other = Draft("6N超高纯铜的电解精炼", "6N超高纯铜的电解精炼。银、硫含量要低。")
    (found,) = find_similar(
        draft,
        kind="need",
        except_id=None,
        unpublished=[(own, other), (uuid4(), Draft(CRANE[0], CRANE[0]))],
    )
    assert found.object_id == own


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["", "铜", "!!!", "1", "😀", "a" * 1000])
def test_whatever_is_typed_is_answered(needs: HeldSource, title: str) -> None:
    index("need", needs.add(*REFINING))
    assert find_similar(Draft(title, title), kind="need", except_id=None, unpublished=[]) == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_answers_authors_by_meaning(real_worker: str) -> None:
    draft = SourceItem(
        "need",
        Side.NEED,
        uuid4(),
        REFINING[0],
        datetime(2026, 5, 1, tzinfo=UTC),
        indicators=[
            IndicatorLine("纯度", "纯度 ≥ 99.9999 %", Level.PUBLIC, 0, "ge", Decimal("99.9999"))
        ],
    )
    keys = [down_key(SEARCH), down_key("matching.similar"), down_key("matching.what_if")]
    cache.delete_many(keys)
    # The first question to a new worker loads the model.
    wait_until(lambda: queries.find_similar(draft, timeout=30).mode == "meaning", 120)
    assert queries.ask_what_if(draft, kind="capability", timeout=30).mode == "meaning"


@pytest.mark.django_db
def test_without_a_worker_words_tell_and_say_so(needs: HeldSource) -> None:
    same, draft = needs.add(*REFINING), needs.add(*REFINING)
    index("need", same, needs.add(*CRANE))
    cache.set(down_key(SEARCH), 1, 5)
    found = queries.find_similar(needs.held[draft])
    cache.delete(down_key(SEARCH))
    assert found.mode == "words"
    assert [(one.object_id, one.closeness) for one in found.items] == [(same, "copy")]
