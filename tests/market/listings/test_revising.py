"""Edits of what is published: corrections take effect, the rest waits, the old stays readable."""

from typing import Any

import pytest

from market.listings import queries, services
from market.listings.kinds import ListingKind
from market.listings.models import Capability, Need
from market.listings.states import Status
from park.core.models import AuditEntry, OutboxEvent
from tests.factories import make_staff


@pytest.fixture
def published(make: Any) -> Need | Capability:
    return make(Status.PUBLISHED, title="已发布的题目")


@pytest.fixture
def read(kind: ListingKind, published: Any) -> Any:
    """The title and main text that an actor reads."""
    main = "problem" if kind is ListingKind.NEED else "description"

    def look(actor: Any) -> tuple[str, str]:
        view = queries.get_listing(actor=actor, kind=kind, listing_id=published.pk)
        return view.content["title"], view.content[main]

    return look


@pytest.fixture
def decide(kind: ListingKind, published: Any) -> Any:
    def call(verb: str, actor: Any, number: int, **more: Any) -> Any:
        service = getattr(services, f"{verb}_revision")
        given = {"note": "理由"} | more if verb == "reject" else more
        return service(actor=actor, kind=kind, listing_id=published.pk, number=number, **given)

    return call


class TestCorrection:
    def test_takes_effect_at_once_and_staff_see_it(
        self, told, kind, editor, moderator, published, do, read
    ) -> None:
        do("edit", editor, published.pk, content={"title": "改正的题目", "keywords": ["新"]})
        assert read(None)[0] == "改正的题目"
        assert told(published) == 1
        row = queries.review_queue(actor=moderator).items[0]
        assert (row.reason, row.id, row.revision_number) == ("correction", published.pk, 1)
        entry = AuditEntry.objects.get(object_id=published.pk)
        assert entry.changes["title"] == {"old": "已发布的题目", "new": "改正的题目"}

    def test_staff_tick_it_off_once(self, editor, moderator, published, do, decide) -> None:
        do("edit", editor, published.pk)
        decide("acknowledge", moderator, 1)
        decide("acknowledge", moderator, 1)
        assert not queries.review_queue(actor=moderator).items
        assert AuditEntry.objects.filter(action="revision_acknowledged").count() == 1

    def test_a_publication_must_stay_complete(self, editor, published, do, refusal) -> None:
        error = refusal(lambda: do("edit", editor, published.pk, content={"title": ""}))
        assert (error.code, error.data["missing"]) == ("incomplete", ["title"])


class TestRevision:
    def test_waits_while_the_old_stays_published(
        self, told, kind, editor, moderator, published, do, read, main_text
    ) -> None:
        before = read(None)
        do("edit", editor, published.pk, content={"title": "新题目", main_text: "新正文"})
        assert read(None) == before
        assert told(published) == 0
        row = queries.review_queue(actor=moderator).items[0]
        assert (row.reason, row.revision_number) == ("revision", 1)
        for insider in (editor, moderator):
            pending = queries.get_listing(actor=insider, kind=kind, listing_id=published.pk).pending
            assert pending is not None
            assert pending.changes[main_text]["new"] == "新正文"
            assert pending.content["title"] == "新题目"

    def test_nobody_else_learns_of_it(self, kind, editor, stranger, published, do) -> None:
        do("edit", editor, published.pk, content={"field_levels": {"region": "own"}})
        for actor in (stranger, None):
            view = queries.get_listing(actor=actor, kind=kind, listing_id=published.pk)
            assert (view.pending, view.field_levels) == (None, {})

    def test_approval_makes_it_what_is_published(
        self, told, editor, moderator, published, do, decide, read, main_text
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "新正文"})
        approved = decide("approve", moderator, 1)
        assert read(None)[1] == "新正文"
        assert (told(published), approved.version) == (1, 3)
        entry = AuditEntry.objects.get(object_id=published.pk, action="revision_approved")
        assert entry.changes[main_text]["new"] == "新正文"
        assert entry.actor == moderator

    def test_rejection_says_why_and_changes_nothing(
        self, told, kind, editor, moderator, published, do, decide, read, main_text, refusal
    ) -> None:
        before = read(None)
        do("edit", editor, published.pk, content={main_text: "广告"})
        wordless = refusal(lambda: decide("reject", moderator, 1, note=" "))
        assert wordless.data["fields"] == [{"field": "note", "code": "required"}]
        decide("reject", moderator, 1, note="与需求无关")
        assert read(None) == read(editor) == before
        assert told(published) == 0
        revision = queries.list_revisions(actor=editor, kind=kind, listing_id=published.pk).items[0]
        assert (revision.status, revision.review_note) == ("rejected", "与需求无关")

    def test_a_level_takes_effect_when_approved(
        self, told, kind, editor, moderator, published, do, decide
    ) -> None:
        do("edit", editor, published.pk, content={"field_levels": {"indicators": "own"}})
        look = {"actor": None, "kind": kind, "listing_id": published.pk}
        assert queries.get_listing(**look).content["indicators"]
        decide("approve", moderator, 1)
        assert queries.get_listing(**look).content["indicators"] is None
        assert told(published) == 1

    def test_a_second_edit_builds_on_what_waits(
        self, editor, moderator, published, do, decide, read, main_text
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "新正文"})
        do("edit", editor, published.pk, version=2, content={"indicators": [line("新指标")]})
        assert {r.number: r.status for r in published.revisions.all()} == {
            1: "superseded",
            2: "pending",
        }
        decide("approve", moderator, 2)
        assert read(None)[1] == "新正文"
        assert published.indicators.get().name == "新指标"

    def test_a_correction_meanwhile_is_in_both(
        self, editor, moderator, published, do, decide, read, main_text
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "新正文"})
        do("edit", editor, published.pk, version=2, content={"title": "改正的题目"})
        assert read(None)[0] == "改正的题目"
        assert read(None)[1] != "新正文"
        decide("approve", moderator, 1)
        assert read(None) == ("改正的题目", "新正文")

    def test_taking_it_back_leaves_nothing_to_review(
        self, editor, moderator, published, do, read, main_text
    ) -> None:
        old = read(None)[1]
        do("edit", editor, published.pk, content={main_text: "新正文"})
        do("edit", editor, published.pk, version=2, content={main_text: old})
        assert not published.revisions.filter(status="pending").exists()
        assert not queries.review_queue(actor=moderator).items

    def test_the_second_editor_gets_what_waits(
        self, editor, published, do, main_text, refusal
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "先改的"})
        error = refusal(
            lambda: do("edit", editor, published.pk, version=1, content={main_text: "后改的"})
        )
        assert (error.code, error.data["current"][main_text]) == ("edit_conflict", "先改的")

    def test_closing_ends_what_waits(
        self, editor, moderator, published, do, decide, refusal, main_text
    ):
        do("edit", editor, published.pk, content={main_text: "新正文"})
        do("close", editor, published.pk)
        assert not queries.review_queue(actor=moderator).items
        assert refusal(lambda: decide("approve", moderator, 1)).code == "wrong_state"


class TestDecisions:
    @pytest.mark.parametrize("verb", ["approve", "reject"])
    def test_are_made_once(
        self, editor, moderator, published, do, decide, refusal, main_text, verb: str
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "新正文"})
        decide(verb, moderator, 1)
        for again in ("approve", "reject"):
            assert refusal(lambda again=again: decide(again, moderator, 1)).code == "wrong_state"

    @pytest.mark.parametrize("verb", ["approve", "reject", "acknowledge"])
    def test_are_staffs(
        self, editor, stranger, published, do, decide, refusal, main_text, verb: str
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "新正文"})
        for actor in (editor, stranger, make_staff("broker"), None):
            assert refusal(lambda a=actor: decide(verb, a, 1)).code == "not_allowed"

    def test_a_pending_revision_is_not_ticked_off(
        self, editor, moderator, published, do, decide, refusal, main_text
    ) -> None:
        do("edit", editor, published.pk, content={main_text: "新正文"})
        assert refusal(lambda: decide("acknowledge", moderator, 1)).code == "wrong_state"

    @pytest.mark.parametrize("verb", ["approve", "reject", "acknowledge"])
    def test_a_revision_that_never_was(self, moderator, decide, refusal, verb: str) -> None:
        assert refusal(lambda: decide(verb, moderator, 9)).code == "not_found"
        assert not OutboxEvent.objects.exists()


def line(name: str) -> dict[str, Any]:
    return {"name": name, "comparator": "ge", "value": 1, "evidence": "报告"}
