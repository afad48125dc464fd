"""Drafts: incomplete as one types, one's own only, and no editor overwrites another."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from market.listings import queries, services
from market.listings.kinds import ListingKind
from market.listings.models import Capability, Need
from market.listings.states import Status
from park.accounts.models import User
from park.core.models import AuditEntry, OutboxEvent
from park.organisations.models import Organisation
from tests.factories import make_staff


def create(
    kind_: ListingKind, actor: User | None, organisation: Organisation, **content: Any
) -> Need | Capability:
    return services.create_listing(
        actor=actor, kind=kind_, organisation_id=organisation.pk, content=content
    )


class TestCreate:
    def test_a_draft_may_be_empty(self, kind, editor, firm) -> None:
        listing = create(kind, editor, firm)
        assert (listing.status, listing.version) == (Status.DRAFT, 1)

    def test_what_was_typed_is_what_is_read(self, kind, editor, firm, content) -> None:
        listing = create(kind, editor, firm, **content)
        view = queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk)
        for name, value in content.items():
            if name != "indicators":
                assert view.content[name] == value
        assert view.content["indicators"][0]["value"] == content["indicators"][0]["value"]
        assert view.missing == []

    def test_markup_is_text(self, kind, editor, firm, main_text) -> None:
        script = "<script>alert(1)</script><img src=x onerror=alert(2)>"
        listing = create(kind, editor, firm, **{main_text: script})
        listing.refresh_from_db()
        assert getattr(listing, main_text) == script

    def test_nothing_is_made_of_bad_input(self, kind, editor, firm, refusal) -> None:
        error = refusal(lambda: create(kind, editor, firm, title="a\x00", chain="alchemy"))
        assert error.code == "invalid_input"
        assert error.data["fields"] == [
            {"field": "title", "code": "nul_character"},
            {"field": "chain", "code": "unknown_code"},
        ]
        assert not queries.list_listings(
            actor=editor, kind=kind, filters=queries.ListingFilters(mine=True)
        ).items

    def test_it_is_audited_and_told_to_nobody(self, kind, editor, firm) -> None:
        listing = create(kind, editor, firm, title="新题目")
        entry = AuditEntry.objects.get(object_id=listing.pk)
        assert (entry.action, entry.actor, entry.organisation_id) == ("created", editor, firm.pk)
        assert entry.changes == {"title": {"old": "", "new": "新题目"}}
        assert not OutboxEvent.objects.exists()

    def test_only_editors_write_in_a_firms_name(
        self, kind, firm, viewer, stranger, moderator, refusal
    ) -> None:
        for actor in (viewer, stranger, moderator, None):
            assert refusal(lambda actor=actor: create(kind, actor, firm)).code == "not_allowed"

    def test_an_organisation_that_does_not_exist(self, kind, editor, refusal) -> None:
        error = refusal(
            lambda: services.create_listing(
                actor=editor, kind=kind, organisation_id=uuid4(), content={}
            )
        )
        assert error.code == "not_found"


class TestEdit:
    def test_changes_only_what_is_given(self, kind, editor, make, do) -> None:
        listing = make()
        before = queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk).content
        do("edit", editor, listing.pk, content={"title": "新题目"})
        after = queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk)
        assert after.content == before | {"title": "新题目"}
        assert after.listing.version == 2

    def test_replaces_indicators_as_a_whole(self, kind, editor, make, do) -> None:
        listing = make(indicators=3)
        lines = [{"name": "二"}, {"name": "一", "comparator": "le", "value": 0.008}]
        do("edit", editor, listing.pk, content={"indicators": lines})
        view = queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk)
        assert [(line["name"], line["value"]) for line in view.content["indicators"]] == [
            ("二", None),
            ("一", 0.008),
        ]

    def test_is_audited_with_old_and_new_value(self, kind, editor, make, do) -> None:
        listing = make(title="旧题目", contact_phone="1")
        do("edit", editor, listing.pk, content={"title": "新题目", "contact_phone": "2"})
        assert AuditEntry.objects.get(object_id=listing.pk).changes == {
            "title": {"old": "旧题目", "new": "新题目"},
            "contact_phone": {"old": "1", "new": "2"},
        }

    def test_the_same_again_changes_nothing(self, editor, make, do) -> None:
        listing = make(title="题目")
        assert do("edit", editor, listing.pk, content={"title": " 题目 "}).version == 1
        assert not AuditEntry.objects.exists()

    def test_the_second_editor_is_told_and_nothing_is_lost(
        self, editor, firm, make, do, refusal
    ) -> None:
        listing = make()
        do("edit", editor, listing.pk, version=1, content={"title": "第一个人的题目"})
        error = refusal(
            lambda: do("edit", editor, listing.pk, version=1, content={"title": "第二个人的"})
        )
        assert error.code == "edit_conflict"
        assert error.data["current_version"] == 2
        assert error.data["current"]["title"] == "第一个人的题目"
        listing.refresh_from_db()
        assert listing.title == "第一个人的题目"

    def test_bad_input_changes_nothing(self, editor, make, do, refusal) -> None:
        listing = make(title="题目")
        error = refusal(
            lambda: do("edit", editor, listing.pk, content={"title": "新", "region": "moon"})
        )
        assert error.data["fields"] == [{"field": "region", "code": "unknown_code"}]
        listing.refresh_from_db()
        assert (listing.title, listing.version) == ("题目", 1)

    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.CLOSED])
    def test_what_staff_read_or_what_is_over_is_not_edited(
        self, editor, make, do, refusal, status: Status
    ) -> None:
        listing = make(status)
        error = refusal(lambda: do("edit", editor, listing.pk))
        assert (error.code, error.data) == (
            "wrong_state",
            {"status": status.value, "action": "edit"},
        )

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED, Status.HELD])
    def test_before_publication_it_is_changed_in_place(
        self, editor, make, do, status: Status
    ) -> None:
        listing = do("edit", editor, make(status).pk)
        assert (listing.title, listing.status) == ("改过的标题", status)
        assert not listing.revisions.exists()


class TestDiscard:
    def test_a_draft_is_gone_and_remembered(self, kind, editor, make, do, refusal) -> None:
        listing = make(title="不要了")
        do("discard", editor, listing.pk)
        gone = lambda: queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk)  # noqa: E731
        assert refusal(gone).code == "not_found"
        entry = AuditEntry.objects.get(object_id=listing.pk)
        assert entry.action == "discarded"
        assert entry.changes["title"] == {"old": "不要了", "new": ""}

    @pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
    def test_what_was_handed_in_is_closed_instead(
        self, editor, make, do, refusal, status: Status
    ) -> None:
        listing = make(status)
        assert refusal(lambda: do("discard", editor, listing.pk)).code == "wrong_state"


Verb = Callable[..., Any]


class TestStrangers:
    """Each verb on a draft: to those outside the firm it does not exist, staff included."""

    @pytest.mark.parametrize(
        "verb", ["edit", "discard", "submit", "return", "hold", "publish", "close"]
    )
    def test_a_draft_does_not_exist_for_others(
        self, make, do: Verb, refusal, stranger, moderator, verb: str
    ) -> None:
        listing = make()
        for actor in (stranger, moderator, make_staff("administrator"), None):
            assert refusal(lambda actor=actor: do(verb, actor, listing.pk)).code == "not_found"

    @pytest.mark.parametrize("verb", ["edit", "discard", "submit", "close"])
    def test_viewers_of_the_firm_only_look(
        self, make, do: Verb, refusal, viewer, verb: str
    ) -> None:
        listing = make(Status.RETURNED)
        assert refusal(lambda: do(verb, viewer, listing.pk)).code == "not_allowed"

    @pytest.mark.parametrize("verb", ["edit", "discard", "submit", "close"])
    def test_a_published_entry_is_not_a_strangers_to_change(
        self, make, do: Verb, refusal, stranger, verb: str
    ) -> None:
        listing = make(Status.PUBLISHED)
        assert refusal(lambda: do(verb, stranger, listing.pk)).code == "not_allowed"
        assert refusal(lambda: do(verb, None, listing.pk)).code == "not_allowed"

    @pytest.mark.parametrize("verb", ["edit", "discard", "submit"])
    def test_staff_do_not_write_for_a_firm(self, make, do: Verb, refusal, moderator, verb) -> None:
        listing = make(Status.RETURNED)
        assert refusal(lambda: do(verb, moderator, listing.pk)).code == "not_allowed"

    def test_an_inactive_member_is_nobody(self, make, do: Verb, refusal, editor) -> None:
        listing = make()
        editor.is_active = False
        editor.save()
        assert refusal(lambda: do("edit", editor, listing.pk)).code == "not_found"
