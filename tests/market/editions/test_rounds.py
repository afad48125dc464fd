"""Collection rounds: who runs them, what counts to them, when they end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from market.editions import queries, services
from market.editions.models import CollectionRound, RoundChoice
from market.editions.queries import listings_of_round
from market.editions.states import RoundStatus
from market.listings.kinds import ListingKind, NeedKind
from market.listings.models import Need
from market.listings.states import Status
from park.accounts.models import User
from park.core.errors import DomainError
from park.core.models import AuditEntry
from park.organisations.models import MembershipRole, Organisation
from tests.factories import NeedFactory, make_member
from tests.market.editions.conftest import NEED, open_round, published, round_content

DAY = timedelta(days=1)


def code_of(call: Any) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


def fields_of(call: Any) -> dict[str, str]:
    with pytest.raises(DomainError) as refused:
        call()
    assert refused.value.code == "invalid_input"
    return {one["field"]: one["code"] for one in refused.value.data["fields"]}


def create(actor: User | None, **changes: Any) -> CollectionRound:
    return services.create_round(actor=actor, list_kind=NEED, content=round_content(**changes))


def handed_in(firm: Organisation, **fields: Any) -> Need:
    return NeedFactory(organisation=firm, status=Status.SUBMITTED, **fields)


def counted(round_: CollectionRound) -> set[Need]:
    return set(listings_of_round(round_))


def test_a_round_goes_from_draft_to_open_to_closed(moderator: User) -> None:
    round_ = create(moderator)
    assert round_.status == RoundStatus.DRAFT
    round_ = services.open_round(actor=moderator, round_id=round_.pk)
    assert round_.status == RoundStatus.OPEN
    round_ = services.close_round(actor=moderator, round_id=round_.pk)
    assert round_.status == RoundStatus.CLOSED
    actions = AuditEntry.objects.filter(object_kind="round").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["created", "opened", "closed"]
    again = lambda: services.open_round(actor=moderator, round_id=round_.pk)  # noqa: E731
    assert code_of(again) == "wrong_state"


@pytest.mark.parametrize("who", ["editor", "stranger", None])
def test_only_staff_who_review_run_rounds(
    who: str | None, moderator: User, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who) if who else None
    assert code_of(lambda: create(actor)) == "not_allowed"
    draft, opened = create(moderator), open_round(moderator)
    for service in (services.open_round, services.discard_round):
        refused = lambda: service(actor=actor, round_id=draft.pk)  # noqa: E731, B023
        assert code_of(refused) == "not_found"
    closing = lambda: services.close_round(actor=actor, round_id=opened.pk)  # noqa: E731
    assert code_of(closing) == "not_allowed"


def test_drafts_and_closed_rounds_are_staffs(moderator: User, stranger: User) -> None:
    draft, opened = create(moderator), open_round(moderator)
    closed = open_round(moderator)
    services.close_round(actor=moderator, round_id=closed.pk)
    listed = queries.list_rounds(actor=stranger).items
    assert [view.round for view in listed] == [opened]
    assert listed[0].counts is None
    assert listed[0].allowed_actions == []
    assert len(queries.list_rounds(actor=moderator).items) == 3
    hidden = lambda: queries.get_round(actor=stranger, round_id=draft.pk)  # noqa: E731
    assert code_of(hidden) == "not_found"


def test_wrong_values_are_told_together(moderator: User) -> None:
    now = timezone.now()
    wrong = {
        "title": "",
        "kinds": ["nonsense"],
        "chains": ["nonsense"],
        "opens_at": None,
        "deadline": "tomorrow",
        "other": 1,
    }
    assert fields_of(lambda: create(moderator, **wrong)) == {
        "title": "required",
        "kinds": "unknown_choice",
        "chains": "unknown_code",
        "opens_at": "required",
        "deadline": "wrong_type",
        "other": "unknown_field",
    }
    late = fields_of(lambda: create(moderator, opens_at=now, deadline=now))
    assert late == {"deadline": "not_after_start"}


def test_a_round_whose_deadline_has_passed_is_not_opened(moderator: User) -> None:
    now = timezone.now()
    round_ = create(moderator, opens_at=now - 2 * DAY, deadline=now - DAY)
    refused = lambda: services.open_round(actor=moderator, round_id=round_.pk)  # noqa: E731
    assert fields_of(refused) == {"deadline": "date_in_past"}


def test_an_open_round_changes_its_words_and_its_end_only(moderator: User) -> None:
    round_ = open_round(moderator)

    def edit(**content: Any) -> CollectionRound:
        return services.edit_round(
            actor=moderator, round_id=round_.pk, version=round_.version, content=content
        )

    assert fields_of(lambda: edit(kinds=["order"])) == {"kinds": "fixed_while_open"}
    assert fields_of(lambda: edit(deadline=timezone.now() - timedelta(minutes=1)))
    later = timezone.now() + 30 * DAY
    edited = edit(deadline=later, notice="延期。")
    assert (edited.deadline, edited.notice, edited.version) == (later, "延期。", 3)
    assert code_of(lambda: edit(notice="再改")) == "edit_conflict"


def test_what_is_handed_in_meanwhile_and_fits_counts(moderator: User, firm: Organisation) -> None:
    round_ = open_round(moderator, kinds=["technology"], chains=["copper_processing"])
    fits = handed_in(firm)
    handed_in(firm, kind=NeedKind.ORDER)
    handed_in(firm, chain="precision_casting")
    handed_in(firm, submitted_at=timezone.now() - DAY)
    NeedFactory(organisation=firm, status=Status.DRAFT)
    (also,) = published(firm)
    assert counted(round_) == {fits, also}


def test_key_areas_asked_for_are_alternatives(moderator: User, firm: Organisation) -> None:
    round_ = open_round(moderator, key_areas=["tech_breakthrough", "industrial_upgrading"])
    one = handed_in(firm, key_areas=["tech_breakthrough"])
    handed_in(firm, key_areas=[])
    assert counted(round_) == {one}


def test_nothing_counts_that_comes_after_an_early_end(moderator: User, firm: Organisation) -> None:
    round_ = open_round(moderator)
    before = handed_in(firm)
    round_ = services.close_round(actor=moderator, round_id=round_.pk)
    handed_in(firm)
    assert counted(round_) == {before}


def test_staff_put_in_and_take_out(moderator: User, firm: Organisation) -> None:
    round_ = open_round(moderator)
    early = handed_in(firm, submitted_at=timezone.now() - 9 * DAY)
    inside = handed_in(firm)

    def choose(listing: Need, is_included: bool) -> None:
        services.choose_for_round(
            actor=moderator, round_id=round_.pk, listing_id=listing.pk, is_included=is_included
        )

    choose(early, True)
    choose(inside, False)
    assert counted(round_) == {early}
    entries = queries.list_round_entries(actor=moderator, round_id=round_.pk).items
    assert {(view.listing, view.how) for view in entries} == {
        (early, "chosen"),
        (inside, "left_out"),
    }
    choose(inside, True)
    assert counted(round_) == {early, inside}
    assert RoundChoice.objects.count() == 2


def test_an_owner_puts_in_their_own_while_it_is_open(
    moderator: User, editor: User, stranger: User, firm: Organisation
) -> None:
    round_ = open_round(moderator)
    need = handed_in(firm, submitted_at=timezone.now() - 9 * DAY)
    (shown,) = published(firm, submitted_at=timezone.now() - 9 * DAY)
    viewer = make_member(firm, MembershipRole.VIEWER)

    def choose(actor: User, listing: Need = need) -> RoundChoice:
        return services.choose_for_round(
            actor=actor, round_id=round_.pk, listing_id=listing.pk, is_included=True
        )

    assert code_of(lambda: choose(stranger)) == "not_found"
    assert code_of(lambda: choose(stranger, shown)) == "not_allowed"
    assert code_of(lambda: choose(viewer)) == "not_allowed"
    assert choose(editor).is_included
    assert counted(round_) == {need}
    services.close_round(actor=moderator, round_id=round_.pk)
    assert code_of(lambda: choose(editor)) == "not_found"
    assert choose(moderator, shown).is_included


def test_entries_of_a_round_are_for_staff(moderator: User, stranger: User) -> None:
    round_ = open_round(moderator)
    asked = lambda: queries.list_round_entries(actor=stranger, round_id=round_.pk)  # noqa: E731
    assert code_of(asked) == "not_allowed"


def test_a_capability_round_takes_no_needs(moderator: User, firm: Organisation) -> None:
    made = services.create_round(
        actor=moderator, list_kind=ListingKind.CAPABILITY, content=round_content()
    )
    services.open_round(actor=moderator, round_id=made.pk)
    need = handed_in(firm)
    refused = lambda: services.choose_for_round(  # noqa: E731
        actor=moderator, round_id=made.pk, listing_id=need.pk, is_included=True
    )
    assert code_of(refused) == "not_found"


def test_a_clock_closes_what_is_due(moderator: User) -> None:
    round_ = open_round(moderator)
    assert services.close_due_rounds(now=round_.deadline - timedelta(seconds=1)) == 0
    assert services.close_due_rounds(now=round_.deadline) == 1
    assert services.close_due_rounds(now=round_.deadline) == 0
    round_.refresh_from_db()
    assert (round_.status, round_.closed_at) == (RoundStatus.CLOSED, round_.deadline)


def test_counts_tell_staff_how_far_a_round_is(moderator: User, firm: Organisation) -> None:
    round_ = open_round(moderator)
    handed_in(firm)
    published(firm, 2)
    view = queries.get_round(actor=moderator, round_id=round_.pk)
    assert view.counts == {"submitted": 1, "published": 2}
    assert view.is_collecting
