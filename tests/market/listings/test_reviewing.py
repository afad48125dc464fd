"""The way through review: each move, who may make it, what it leaves behind."""

import threading
from typing import Any

import pytest
from django.db import connection

from market.listings import queries, services
from market.listings.kinds import ListingKind
from market.listings.models import Revision
from market.listings.states import Status
from park.accounts.models import StaffRole
from park.core.errors import DomainError
from park.core.models import AuditEntry
from tests.factories import NeedFactory, make_member, make_staff
from tests.factories.listings import in_days


class TestSubmit:
    @pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED, Status.HELD])
    def test_hands_it_in(self, told, editor, make, do, status: Status) -> None:
        listing = make(status, return_edits=[{"field": "title", "advice": "短些"}])
        submitted = do("submit", editor, listing.pk)
        assert submitted.status == Status.SUBMITTED
        assert submitted.submitted_at is not None
        assert submitted.return_edits == []
        entry = AuditEntry.objects.get(object_id=listing.pk)
        assert entry.changes == {"status": {"old": status.value, "new": "submitted"}}
        assert told(listing) == 0

    def test_names_all_that_is_missing(self, editor, make, do, refusal, main_text) -> None:
        listing = make(title="", indicators=0, **{main_text: ""})
        error = refusal(lambda: do("submit", editor, listing.pk))
        assert (error.code, set(error.data["missing"])) == (
            "incomplete",
            {"title", "indicators", main_text},
        )

    def test_what_was_taken_over_may_be_incomplete(self, editor, make, do) -> None:
        listing = make(chain="", indicators=0, source_note="2024年需求汇编")
        assert do("submit", editor, listing.pk).status == Status.SUBMITTED

    def test_a_last_day_that_passed_is_refused(self, kind, editor, make, do, refusal) -> None:
        name = "due_on" if kind is ListingKind.NEED else "valid_until"
        listing = make(**{name: in_days(-1)})
        error = refusal(lambda: do("submit", editor, listing.pk))
        assert error.data["fields"] == [{"field": name, "code": "date_in_past"}]

    def test_not_twice(self, editor, make, do, refusal) -> None:
        listing = make(Status.SUBMITTED)
        assert refusal(lambda: do("submit", editor, listing.pk)).code == "wrong_state"


class TestReturn:
    def test_carries_the_edits_to_the_owner(self, kind, editor, moderator, make, do) -> None:
        listing = make(Status.SUBMITTED)
        edits = [{"field": "indicators", "advice": "请写明测量方法"}]
        do("return", moderator, listing.pk, edits=edits, note="总体不错")
        view = queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk)
        assert view.listing.status == Status.RETURNED
        assert view.return_edits == edits
        assert AuditEntry.objects.get(object_id=listing.pk).note == "总体不错"

    @pytest.mark.parametrize(
        ("edits", "field"),
        [
            ([], "edits"),
            ([{"field": "nonsense", "advice": "x"}], "edits.0.field"),
            ([{"field": "title", "advice": " "}], "edits.0.advice"),
            ([{"field": "title", "advice": "a\x00"}], "edits.0.advice"),
            ([{"field": "title", "advice": "x" * 501}], "edits.0.advice"),
            ([{"field": "title", "advice": "x"}] * 51, "edits"),
        ],
    )
    def test_is_never_empty_words(self, moderator, make, do, refusal, edits, field) -> None:
        listing = make(Status.SUBMITTED)
        error = refusal(lambda: do("return", moderator, listing.pk, edits=edits))
        assert error.code == "invalid_input"
        assert error.data["fields"][0]["field"] == field

    def test_a_note_alone_will_do(self, moderator, make, do) -> None:
        listing = make(Status.SUBMITTED)
        returned = do("return", moderator, listing.pk, edits=[], note="请补充")
        assert returned.status == Status.RETURNED


class TestHold:
    def test_puts_it_aside_and_publishes_it_later(self, moderator, make, do) -> None:
        listing = make(Status.SUBMITTED)
        assert do("hold", moderator, listing.pk, note="等指标").status == Status.HELD
        assert do("publish", moderator, listing.pk).status == Status.PUBLISHED


class TestPublish:
    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.HELD])
    def test_shows_it_to_all_and_tells_matching(
        self, told, kind, moderator, make, do, status
    ) -> None:
        listing = make(status)
        published = do("publish", moderator, listing.pk)
        assert published.published_at is not None
        assert told(listing) == 1
        assert queries.get_listing(actor=None, kind=kind, listing_id=listing.pk)
        revision = Revision.objects.get()
        assert (revision.number, revision.status, revision.is_seen) == (1, "effective", True)
        assert revision.content["title"] == listing.title

    def test_staff_publish_what_they_read(self, editor, moderator, make, do, refusal) -> None:
        listing = make(Status.HELD)
        do("edit", editor, listing.pk, content={"title": "趁审核时改的"})
        error = refusal(lambda: do("publish", moderator, listing.pk, version=1))
        assert (error.code, error.data["current"]["title"]) == ("edit_conflict", "趁审核时改的")

    def test_an_incomplete_one_is_refused(self, moderator, make, do, refusal) -> None:
        listing = make(Status.HELD, title="")
        assert refusal(lambda: do("publish", moderator, listing.pk)).code == "incomplete"


class TestClose:
    @pytest.mark.parametrize(
        "status", [Status.SUBMITTED, Status.RETURNED, Status.HELD, Status.PUBLISHED]
    )
    def test_ends_it_with_a_reason(self, told, editor, make, do, status: Status) -> None:
        listing = make(status)
        closed = do("close", editor, listing.pk, reason="other", note="停产")
        assert (closed.status, closed.closing_reason, closed.closing_note) == (
            Status.CLOSED,
            "other",
            "停产",
        )
        assert closed.closed_at is not None
        assert told(listing) == (1 if status == Status.PUBLISHED else 0)

    def test_staff_close_too(self, moderator, make, do) -> None:
        closed = do("close", moderator, make(Status.PUBLISHED).pk, reason="expired_by_staff")
        assert closed.status == Status.CLOSED

    def test_not_without_a_reason(self, editor, make, do, refusal) -> None:
        listing = make(Status.PUBLISHED)
        error = refusal(lambda: do("close", editor, listing.pk, reason="other"))
        assert error.data["fields"] == [{"field": "note", "code": "required"}]

    def test_not_twice(self, editor, make, do, refusal) -> None:
        listing = make(Status.CLOSED)
        assert refusal(lambda: do("close", editor, listing.pk)).code == "wrong_state"

    def test_a_closed_entry_is_gone_for_strangers_only(
        self, kind, editor, moderator, stranger, make, do, refusal
    ) -> None:
        listing = make(Status.PUBLISHED)
        do("close", editor, listing.pk)
        for actor in (editor, moderator):
            assert queries.get_listing(actor=actor, kind=kind, listing_id=listing.pk)
        for actor in (stranger, None):
            gone = refusal(
                lambda actor=actor: queries.get_listing(
                    actor=actor, kind=kind, listing_id=listing.pk
                )
            )
            assert gone.code == "not_found"


class TestWhoReviews:
    @pytest.mark.parametrize("verb", ["return", "hold", "publish"])
    def test_the_firm_itself_does_not(self, make, do, refusal, editor, verb: str) -> None:
        listing = make(Status.SUBMITTED)
        assert refusal(lambda: do(verb, editor, listing.pk)).code == "not_allowed"

    @pytest.mark.parametrize("verb", ["return", "hold", "publish", "close", "submit"])
    def test_for_strangers_it_does_not_exist(self, make, do, refusal, stranger, verb: str) -> None:
        listing = make(Status.SUBMITTED)
        assert refusal(lambda: do(verb, stranger, listing.pk)).code == "not_found"
        assert refusal(lambda: do(verb, None, listing.pk)).code == "not_found"

    @pytest.mark.parametrize("verb", ["return", "hold", "publish", "close"])
    def test_brokers_only_look(self, make, do, refusal, verb: str) -> None:
        listing = make(Status.SUBMITTED)
        broker = make_staff(StaffRole.BROKER)
        assert refusal(lambda: do(verb, broker, listing.pk)).code == "not_allowed"

    @pytest.mark.parametrize("verb", ["return", "hold", "publish", "close"])
    @pytest.mark.parametrize("role", [StaffRole.EQUIPMENT_OFFICER, StaffRole.TALENT_OFFICER])
    def test_officers_of_other_things_do_not_even_see_it(
        self, make, do, refusal, verb: str, role: StaffRole
    ) -> None:
        listing = make(Status.SUBMITTED)
        assert refusal(lambda: do(verb, make_staff(role), listing.pk)).code == "not_found"

    @pytest.mark.parametrize("role", [StaffRole.MODERATOR, StaffRole.ADMINISTRATOR])
    def test_moderators_and_administrators_do(self, make, do, role: StaffRole) -> None:
        assert do("publish", make_staff(role), make(Status.SUBMITTED).pk)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_publications_at_once_one_wins(self, told) -> None:
        need = NeedFactory(status=Status.SUBMITTED)
        outcomes = in_parallel(
            *[
                lambda moderator=moderator: services.publish_listing(
                    actor=moderator, kind=ListingKind.NEED, listing_id=need.pk
                )
                for moderator in (make_staff(), make_staff())
            ]
        )
        assert sorted(outcomes) == ["done", "wrong_state"]
        assert need.revisions.count() == 1
        assert told(need) == 1

    def test_of_four_edits_from_one_version_one_wins(self) -> None:
        need = NeedFactory()
        editors = [make_member(need.organisation) for _ in range(4)]
        outcomes = in_parallel(
            *[
                lambda editor=editor: services.edit_listing(
                    actor=editor,
                    kind=ListingKind.NEED,
                    listing_id=need.pk,
                    version=1,
                    content={"title": editor.username, "indicators": [{"name": editor.username}]},
                )
                for editor in editors
            ]
        )
        assert sorted(outcomes) == ["done"] + ["edit_conflict"] * 3
        need.refresh_from_db()
        assert [line.name for line in need.indicators.all()] == [need.title]

    def test_a_closing_and_a_change_at_once_leave_no_revision_waiting(self) -> None:
        need = NeedFactory(status=Status.PUBLISHED)
        editor = make_member(need.organisation)
        arguments = {"actor": editor, "kind": ListingKind.NEED, "listing_id": need.pk}
        in_parallel(
            lambda: services.close_listing(**arguments, reason="withdrawn"),
            lambda: services.edit_listing(**arguments, version=1, content={"goals": "新目标"}),
        )
        need.refresh_from_db()
        assert need.status == Status.CLOSED
        assert not need.revisions.filter(status="pending").exists()


def in_parallel(*calls: Any) -> list[str]:
    """Run the calls at the same moment, each on its own connection: "done" or the error's code."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(calls))

    def run(call: Any) -> None:
        gate.wait(10)
        try:
            call()
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes
