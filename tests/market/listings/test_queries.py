"""Reads: nothing that a viewer may not see is in any answer, however it is asked for."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.listings import queries
from market.listings.content import FIELDS, level_of
from market.listings.kinds import ListingKind
from market.listings.models import Need
from market.listings.queries import ListingFilters
from market.listings.states import Status
from park.core.levels import Level
from park.core.models import AuditEntry
from tests.factories import CapabilityFactory, NeedFactory, OrganisationFactory, make_member
from tests.factories.listings import in_days


@pytest.fixture
def ids(kind: ListingKind) -> Any:
    """The ids that an actor finds."""

    def find(actor: Any, **filters: Any) -> list[Any]:
        page = queries.list_listings(actor=actor, kind=kind, filters=ListingFilters(**filters))
        return [card.id for card in page.items]

    return find


class TestWhoFindsWhat:
    def test_everybody_finds_what_is_published(
        self, make, ids, editor, stranger, moderator
    ) -> None:
        listing = make(Status.PUBLISHED)
        for actor in (editor, stranger, moderator, None):
            assert ids(actor) == [listing.pk]

    @pytest.mark.parametrize("status", [status for status in Status if status != "published"])
    def test_nothing_else_is_in_the_default_list(
        self, make, ids, editor, stranger, moderator, status: Status
    ) -> None:
        make(status)
        for actor in (editor, stranger, moderator, None):
            assert ids(actor) == []

    @pytest.mark.parametrize("status", list(Status))
    def test_mine_is_all_of_mine_and_nothing_of_others(
        self, make, ids, editor, viewer, stranger, moderator, status: Status
    ) -> None:
        listing = make(status)
        assert ids(editor, mine=True) == ids(viewer, mine=True) == [listing.pk]
        assert ids(editor, mine=True, status=status) == [listing.pk]
        for actor in (stranger, moderator, None):
            assert ids(actor, mine=True) == []

    @pytest.mark.parametrize("status", list(Status))
    def test_staff_find_each_state_but_drafts(self, make, ids, moderator, status: Status) -> None:
        listing = make(status)
        assert ids(moderator, status=status) == ([] if status == "draft" else [listing.pk])

    def test_others_do_not_ask_by_state(self, ids, refusal, stranger) -> None:
        for actor in (stranger, None):
            assert refusal(lambda a=actor: ids(a, status="submitted")).code == "not_allowed"

    @pytest.mark.parametrize("status", list(Status))
    def test_one_entry_is_found_by_whom_it_concerns(
        self, kind, make, refusal, editor, viewer, stranger, moderator, status: Status
    ) -> None:
        listing = make(status)

        def get(actor: Any) -> Any:
            return queries.get_listing(actor=actor, kind=kind, listing_id=listing.pk)

        assert get(editor).sees_all
        assert get(viewer).sees_all
        for actor in (stranger, None):
            if status == Status.PUBLISHED:
                assert not get(actor).sees_all
            else:
                assert refusal(lambda a=actor: get(a)).code == "not_found"
        if status == Status.DRAFT:
            assert refusal(lambda: get(moderator)).code == "not_found"
        else:
            assert get(moderator).sees_all

    def test_an_expired_entry_is_read_but_not_listed(self, kind, make, ids, editor) -> None:
        name = "due_on" if kind is ListingKind.NEED else "valid_until"
        listing = make(Status.PUBLISHED, **{name: in_days(-1)})
        make(Status.PUBLISHED, **{name: in_days(0)})
        assert listing.pk not in ids(None)
        assert len(ids(None)) == 1
        assert listing.pk in ids(editor, mine=True)
        view = queries.get_listing(actor=None, kind=kind, listing_id=listing.pk)
        assert view.is_expired
        assert queries.count_current(kind) == 1


LEVELS = st.dictionaries(
    st.sampled_from(sorted({*FIELDS[ListingKind.NEED], *FIELDS[ListingKind.CAPABILITY]})),
    st.sampled_from([level.value for level in Level]),
)
MARK = "只有我们知道"


class TestLevels:
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(levels=LEVELS)
    def test_no_answer_to_a_stranger_holds_a_hidden_field(
        self, kind, make, stranger, moderator, editor, levels: dict
    ) -> None:
        listing = make(Status.PUBLISHED, field_levels=levels)
        hidden = {
            name
            for name in FIELDS[kind]
            if name != "field_levels" and level_of(kind, name, levels) is not Level.PUBLIC
        }
        for actor in (stranger, None):
            view = queries.get_listing(actor=actor, kind=kind, listing_id=listing.pk)
            assert set(view.hidden_fields) == hidden
            assert all(view.content[name] is None for name in hidden)
            page = queries.list_listings(actor=actor, kind=kind, limit=100)
            card = next(card for card in page.items if card.id == listing.pk)
            shown = {
                "region": card.region,
                "key_areas": card.key_areas,
                "problem": card.summary,
                "description": card.summary,
                "budget_min": card.money_min,
                "price_min": card.money_min,
                "budget_max": card.money_max,
                "price_max": card.money_max,
                "due_on": card.last_day,
                "valid_until": card.last_day,
                "maturity": card.maturity,
                "maturity_wanted": card.maturity,
            }
            assert all(shown.get(name) is None for name in hidden)
        for actor in (editor, moderator):
            view = queries.get_listing(actor=actor, kind=kind, listing_id=listing.pk)
            assert view.hidden_fields == []
            assert None not in view.content.values()

    def test_hidden_text_is_nowhere_in_an_answer(self, kind, make, stranger, main_text) -> None:
        listing = make(
            Status.PUBLISHED,
            contact_name=MARK,
            return_edits=[{"field": "title", "advice": MARK}],
            closing_note=MARK,
            field_levels={main_text: "matched"},
            **{main_text: MARK},
        )
        listing.revisions.create(
            number=1, status="pending", content={"title": MARK}, changes={"title": {"new": MARK}}
        )
        view = queries.get_listing(actor=stranger, kind=kind, listing_id=listing.pk)
        answer = {
            name: getattr(view, name) for name in view.__dataclass_fields__ if name != "listing"
        }
        assert MARK not in str(answer)
        assert MARK not in str(queries.list_listings(actor=stranger, kind=kind))
        cards = queries.cards_by_id(actor=stranger, kind=kind, listing_ids=[listing.pk])
        assert MARK not in str(cards)

    @pytest.mark.parametrize(
        ("fields", "filters"),
        [
            (("budget_max", "price_max"), {"budget_min": Decimal(1)}),
            (("budget_min", "price_min"), {"budget_max": Decimal(10**12)}),
            (("region",), {"region": "xingang"}),
            (("key_areas",), {"key_area": "tech_breakthrough"}),
            (("maturity", "maturity_wanted"), {"maturity": 1}),
        ],
    )
    def test_a_filter_does_not_find_by_what_is_hidden(
        self, kind, make, ids, editor, moderator, stranger, fields: tuple, filters: dict
    ) -> None:
        name = next(field for field in fields if field in FIELDS[kind])
        for level in ("matched", "own"):
            hidden = make(Status.PUBLISHED, field_levels={name: level})
            open_ = make(Status.PUBLISHED, field_levels={name: "public"})
            for actor in (stranger, None):
                assert hidden.pk not in ids(actor, **filters)
                assert open_.pk in ids(actor, **filters)
            for actor in (editor, moderator):
                assert hidden.pk in ids(actor, **filters)

    def test_what_is_missing_in_a_hidden_field_stays_hidden(self, kind, make, stranger) -> None:
        listing = make(Status.PUBLISHED, indicators=0, field_levels={"indicators": "own"})
        view = queries.get_listing(actor=stranger, kind=kind, listing_id=listing.pk)
        assert view.missing == []


class TestFilters:
    def test_each_narrows(self, kind, make, ids) -> None:
        wanted = make(Status.PUBLISHED, chain="testing", region="wuhan")
        other = make(Status.PUBLISHED, title="别的")
        assert ids(None, chain="testing") == [wanted.pk]
        assert ids(None, region="wuhan") == [wanted.pk]
        assert ids(None, q="别") == [other.pk]
        assert ids(None, kind="order", chain="testing") == []
        assert ids(None, organisation_id=wanted.organisation_id) == [other.pk, wanted.pk]
        assert ids(None, organisation_id=OrganisationFactory().pk) == []

    @pytest.mark.parametrize(
        ("band", "asked", "is_found"),
        [
            ((10, 20), (None, 9), False),
            ((10, 20), (None, 10), True),
            ((10, 20), (21, None), False),
            ((10, 20), (20, None), True),
            ((10, 20), (12, 15), True),
            ((10, None), (1000, None), True),
            ((None, 20), (None, 5), True),
            ((None, None), (1, 1000), False),
        ],
    )
    def test_bands_that_overlap_are_found(self, kind, make, ids, band, asked, is_found) -> None:
        names = (
            ("budget_min", "budget_max") if kind is ListingKind.NEED else ("price_min", "price_max")
        )
        make(Status.PUBLISHED, **dict(zip(names, band, strict=True)))
        low, high = (None if end is None else Decimal(end) for end in asked)
        assert bool(ids(None, budget_min=low, budget_max=high)) is is_found

    @pytest.mark.parametrize("q", ["100%", "a_b", "\\", "'; drop table listings_need; --"])
    def test_a_search_takes_every_character_as_itself(self, make, ids, q: str) -> None:
        make(Status.PUBLISHED, title="100件 acb 普通")
        wanted = make(Status.PUBLISHED, title=f"甲{q}乙")
        assert ids(None, q=q) == [wanted.pk]

    @pytest.mark.parametrize(
        ("filters", "code"),
        [
            ({"q": "a\x00"}, "nul_character"),
            ({"chain": "\ud800"}, "invalid_character"),
            ({"q": "x" * 101}, "too_long"),
            ({"status": "lost"}, "unknown_choice"),
            ({"budget_min": Decimal("NaN")}, "not_finite"),
        ],
    )
    def test_bad_input_is_named(self, ids, refusal, moderator, filters: dict, code: str) -> None:
        error = refusal(lambda: ids(moderator, **filters))
        assert error.data["fields"][0]["code"] == code

    def test_an_invalid_cursor_is_named(self, kind, db, refusal) -> None:
        for cursor in ("x", "\ud800", "a:b:c"):
            error = refusal(lambda c=cursor: queries.list_listings(actor=None, kind=kind, cursor=c))
            assert error.code == "invalid_cursor"

    def test_a_cursor_serves_its_own_list_only(self, kind, make, editor, refusal) -> None:
        for _ in range(2):
            make(Status.PUBLISHED)
        mine = ListingFilters(mine=True)
        page = queries.list_listings(actor=editor, kind=kind, filters=mine, limit=1)
        error = refusal(
            lambda: queries.list_listings(actor=editor, kind=kind, cursor=page.next_cursor)
        )
        assert error.code == "invalid_cursor"


class TestBounds:
    @pytest.mark.parametrize("count", [1, 30])
    def test_a_list_takes_as_many_queries_for_one_as_for_many(
        self, kind, make, editor, moderator, django_assert_num_queries, count: int
    ) -> None:
        for _ in range(count):
            make(Status.PUBLISHED, organisation=OrganisationFactory())
        with django_assert_num_queries(1):
            page = queries.list_listings(actor=None, kind=kind, limit=100)
            assert len({card.organisation.name for card in page.items}) == count
        with django_assert_num_queries(2):
            queries.list_listings(actor=editor, kind=kind, limit=100)

    @pytest.mark.parametrize("count", [1, 20])
    def test_so_does_the_queue(
        self, make, moderator, django_assert_num_queries, count: int
    ) -> None:
        for _ in range(count):
            make(Status.SUBMITTED, organisation=OrganisationFactory())
        with django_assert_num_queries(1):
            assert len(queries.review_queue(actor=moderator, limit=100).items) == count

    @pytest.mark.parametrize("count", [1, 30])
    def test_so_does_an_entry(
        self, kind, make, editor, django_assert_max_num_queries, count: int
    ) -> None:
        listing = make(Status.PUBLISHED, indicators=count)
        with django_assert_max_num_queries(4):
            queries.get_listing(actor=editor, kind=kind, listing_id=listing.pk)

    def test_pages_hold_every_entry_once(self, kind, make) -> None:
        moment = timezone.now()
        made = {
            make(Status.PUBLISHED, published_at=moment - timedelta(minutes=n // 3)).pk
            for n in range(7)
        }
        seen, cursor = [], None
        while True:
            page = queries.list_listings(actor=None, kind=kind, cursor=cursor, limit=2)
            seen += [card.id for card in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == 7
        assert set(seen) == made


class TestQueue:
    def test_is_moderators(self, db, refusal, editor) -> None:
        for actor in (editor, None):
            assert refusal(lambda a=actor: queries.review_queue(actor=a)).code == "not_allowed"

    @pytest.mark.django_db
    def test_who_waits_longest_is_first_over_both_lists_and_pages(self, moderator) -> None:
        moment = timezone.now()
        waiting = []
        for hours in range(6):
            factory = NeedFactory if hours % 2 else CapabilityFactory
            made = factory(
                status=Status.SUBMITTED, submitted_at=moment - timedelta(hours=hours // 2)
            )
            waiting.append((made.submitted_at, made.pk))
        seen, cursor = [], None
        while True:
            page = queries.review_queue(actor=moderator, cursor=cursor, limit=4)
            seen += [(entry.waiting_since, entry.id) for entry in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == sorted(waiting)


class TestPast:
    def test_is_the_firms_and_staffs(
        self, kind, make, editor, viewer, moderator, stranger, refusal, do
    ) -> None:
        listing = make()
        do("submit", editor, listing.pk)
        do("publish", moderator, listing.pk)
        where = {"kind": kind, "listing_id": listing.pk}
        for actor in (editor, viewer, moderator):
            assert queries.list_history(actor=actor, **where).items
            assert queries.list_revisions(actor=actor, **where).items
        for actor in (stranger, None):
            for read in (queries.list_history, queries.list_revisions):
                assert refusal(lambda r=read, a=actor: r(actor=a, **where)).code == "not_found"

    def test_staff_do_not_read_what_was_thrown_away_before_submission(
        self, kind, make, editor, moderator, do
    ) -> None:
        listing = make()
        do("edit", editor, listing.pk, content={"title": MARK})
        do("edit", editor, listing.pk, version=2, content={"title": "正式题目"})
        do("submit", editor, listing.pk)
        where = {"kind": kind, "listing_id": listing.pk}
        assert [e.action for e in queries.list_history(actor=editor, **where).items] == [
            "submitted",
            "edited",
            "edited",
        ]
        assert [e.action for e in queries.list_history(actor=moderator, **where).items] == [
            "submitted"
        ]

    def test_comes_in_pages(self, kind, make, editor, do) -> None:
        listing = make()
        for version in range(1, 6):
            do("edit", editor, listing.pk, version=version, content={"title": f"第{version}版"})
        seen, cursor = [], None
        while True:
            page = queries.list_history(
                actor=editor, kind=kind, listing_id=listing.pk, cursor=cursor, limit=2
            )
            seen += [entry.pk for entry in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == list(AuditEntry.objects.order_by("-id").values_list("pk", flat=True))


@pytest.mark.django_db
def test_figures_count_what_is_current() -> None:
    NeedFactory.create_batch(2, status=Status.PUBLISHED)
    NeedFactory(status=Status.PUBLISHED, due_on=in_days(-1))
    NeedFactory(status=Status.SUBMITTED)
    CapabilityFactory(status=Status.PUBLISHED, valid_until=None)
    assert queries.figures() == {"needs": 2, "capabilities": 1}


@pytest.mark.django_db
def test_allowed_actions_are_what_the_services_allow(moderator) -> None:
    need = NeedFactory(status=Status.SUBMITTED)
    editor = make_member(need.organisation)
    assert isinstance(need, Need)

    def actions(actor: Any) -> set[str]:
        view = queries.view_of(actor, need)
        return {action.value for action in view.allowed_actions}

    assert actions(editor) == {"close"}
    assert actions(moderator) == {"return", "hold", "publish", "close"}
    assert actions(None) == set()
