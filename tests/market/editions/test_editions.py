"""Editions: frozen content, order, issue once and for all, numbers without gaps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from market.editions import outcomes, queries, services
from market.editions.comparison import Verdict
from market.editions.models import Edition, EditionFile
from market.editions.states import EditionStatus, RoundStatus
from market.listings.kinds import ListingKind, RevisionStatus
from market.listings.models import Need
from market.listings.services import close_listing
from market.listings.states import Status
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.core.models import OutboxEvent
from park.organisations.models import Organisation
from tests.factories import CapabilityFactory, OrganisationFactory, make_staff
from tests.market.editions.conftest import NEED, freeze, issue, open_round, published
from tests.market.editions.test_rounds import code_of, fields_of


def titles(edition: Edition) -> list[str]:
    rows = edition.entries.filter(position__isnull=False).order_by("position")
    return [row.content["title"] for row in rows]


def arrange(moderator: User, edition: Edition, entries: list[Any]) -> Edition:
    edition.refresh_from_db()
    return services.arrange_edition(
        actor=moderator,
        edition_id=edition.pk,
        version=edition.version,
        entry_ids=[entry.pk for entry in entries],
    )


def test_an_edition_holds_what_is_published_now(moderator: User, firm: Organisation) -> None:
    (need,) = published(firm)
    published(firm, due_on=timezone.localdate() - timedelta(days=1))
    published(firm)[0].revisions.all().delete()
    Need.objects.exclude(pk=need.pk).update(status=Status.CLOSED)
    need.revisions.create(number=3, status=RevisionStatus.EFFECTIVE, content={})
    need.revisions.create(number=4, status=RevisionStatus.PENDING, content={})
    edition = freeze(moderator)
    (entry,) = edition.entries.all()
    assert (entry.listing_id, entry.position, entry.revision_number) == (need.pk, 1, 3)
    assert entry.organisation_name == firm.name
    assert entry.content["indicators"][0]["name"] == "铜纯度"
    assert (edition.status, edition.number) == (EditionStatus.DRAFT, None)


def test_an_edition_holds_nothing_that_is_not_public(moderator: User, firm: Organisation) -> None:
    published(firm, field_levels={"budget_max": "own", "goals": "matched"})
    (entry,) = freeze(moderator).entries.all()
    hidden = ("budget_max", "goals", "contact_name", "contact_phone", "contact_email")
    assert {entry.content[name] for name in hidden} == {None}
    assert entry.content["field_levels"] == {}
    assert entry.content["problem"]


def test_a_later_edit_changes_nothing(moderator: User, firm: Organisation) -> None:
    (need,) = published(firm, title="原题")
    edition = issue(moderator, freeze(moderator))
    need.title = "改题"
    need.save()
    need.indicators.all().delete()
    need.delete()
    (entry,) = edition.entries.all()
    assert entry.content["title"] == "原题"
    assert len(entry.content["indicators"]) == 1


def test_the_order_is_by_chain_then_time(moderator: User, firm: Organisation) -> None:
    now = timezone.now()
    for title, chain, days in (
        ("铜二", "copper_processing", 1),
        ("铸", "precision_casting", 9),
        ("铜一", "copper_processing", 5),
    ):
        published(firm, title=title, chain=chain, published_at=now - timedelta(days=days))
    edition = freeze(moderator)
    found = titles(edition)
    assert found.index("铜一") + 1 == found.index("铜二")


def test_a_round_becomes_an_edition_of_what_counts_to_it(
    moderator: User, firm: Organisation
) -> None:
    published(firm, title="旧", submitted_at=timezone.now() - timedelta(days=9))
    round_ = open_round(moderator)
    published(firm, title="新")
    frozen = lambda: services.freeze_edition(actor=moderator, round_id=round_.pk)  # noqa: E731
    assert code_of(frozen) == "wrong_state"
    services.close_round(actor=moderator, round_id=round_.pk)
    edition = frozen()
    assert titles(edition) == ["新"]
    round_.refresh_from_db()
    assert round_.status == RoundStatus.FROZEN
    assert code_of(frozen) == "wrong_state"
    services.discard_edition(actor=moderator, edition_id=edition.pk)
    round_.refresh_from_db()
    assert round_.status == RoundStatus.CLOSED


def test_an_empty_edition_is_refused(moderator: User, firm: Organisation) -> None:
    assert code_of(lambda: freeze(moderator)) == "edition_empty"
    published(firm)
    edition = arrange(moderator, freeze(moderator), [])
    assert code_of(lambda: issue(moderator, edition)) == "edition_empty"


@pytest.mark.parametrize("who", ["editor", "stranger"])
def test_only_staff_who_review_make_editions(
    who: str, moderator: User, firm: Organisation, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    broker = make_staff(StaffRole.BROKER)
    published(firm)
    edition = freeze(moderator)
    assert code_of(lambda: freeze(actor)) == "not_allowed"
    assert code_of(lambda: issue(actor, edition)) == "not_found"
    assert code_of(lambda: issue(broker, edition)) == "not_allowed"
    seen = lambda user: queries.get_edition(actor=user, edition_id=edition.pk)  # noqa: E731
    assert code_of(lambda: seen(actor)) == "not_found"
    assert seen(broker).allowed_actions == []
    issue(moderator, edition)
    assert seen(actor).entry_count == 1
    withdrawing = lambda: services.withdraw_edition(  # noqa: E731
        actor=actor, edition_id=edition.pk, reason="x"
    )
    assert code_of(withdrawing) == "not_allowed"


def test_staff_reorder_and_leave_out_before_issuing(moderator: User, firm: Organisation) -> None:
    for title in "甲乙丙":
        published(firm, title=title)
    edition = freeze(moderator)
    first, second, third = edition.entries.order_by("position")
    edition = arrange(moderator, edition, [third, first])
    assert titles(edition) == ["丙", "甲"]
    left_out = queries.list_entries(actor=moderator, edition_id=edition.pk, is_left_out=True)
    assert [entry.pk for entry in left_out.items] == [second.pk]
    edition = arrange(moderator, edition, [second, third, first])
    assert titles(edition) == ["乙", "丙", "甲"]
    issued = issue(moderator, arrange(moderator, edition, [first]))
    assert issued.entries.count() == 1


def test_an_arrangement_names_each_entry_of_its_own_once(
    moderator: User, firm: Organisation
) -> None:
    published(firm)
    edition = freeze(moderator)
    (entry,) = edition.entries.all()
    (foreign,) = freeze(moderator).entries.all()
    assert fields_of(lambda: arrange(moderator, edition, [entry, entry])) == {
        "entry_ids": "repeated"
    }
    assert fields_of(lambda: arrange(moderator, edition, [foreign])) == {
        "entry_ids": "unknown_choice"
    }


def test_nobody_issues_what_somebody_else_just_changed(moderator: User, firm: Organisation) -> None:
    published(firm)
    edition = freeze(moderator)
    seen = edition.version
    arrange(moderator, edition, list(edition.entries.all()))
    late = lambda: services.issue_edition(  # noqa: E731
        actor=moderator, edition_id=edition.pk, version=seen
    )
    assert code_of(late) == "edit_conflict"


def test_an_issued_edition_never_changes(moderator: User, firm: Organisation) -> None:
    published(firm)
    edition = issue(moderator, freeze(moderator))
    which = {"actor": moderator, "edition_id": edition.pk}
    now = edition.version
    for call in (
        lambda: services.edit_edition(**which, version=now, content={"title": "x"}),
        lambda: services.arrange_edition(**which, version=now, entry_ids=[]),
        lambda: services.refresh_edition(**which, version=now),
        lambda: services.issue_edition(**which, version=now),
        lambda: services.discard_edition(**which),
    ):
        assert code_of(call) == "wrong_state"


def test_numbers_are_a_lists_own(moderator: User, firm: Organisation) -> None:
    published(firm)
    CapabilityFactory(organisation=firm, status=Status.PUBLISHED)
    first, second = (issue(moderator, freeze(moderator)) for _ in range(2))
    other = services.freeze_edition(actor=moderator, list_kind=ListingKind.CAPABILITY)
    assert [first.number, second.number, issue(moderator, other).number] == [1, 2, 1]
    assert second.heading == "第二批技术需求清单"


def test_a_withdrawn_edition_keeps_its_number_and_says_why(
    moderator: User, stranger: User, firm: Organisation
) -> None:
    published(firm)
    edition = issue(moderator, freeze(moderator))

    def withdraw(reason: str) -> Edition:
        return services.withdraw_edition(actor=moderator, edition_id=edition.pk, reason=reason)

    assert fields_of(lambda: withdraw(" ")) == {"reason": "required"}
    assert withdraw("有一条重复").status == EditionStatus.WITHDRAWN
    view = queries.get_edition(actor=stranger, edition_id=edition.pk)
    assert (view.is_readable, view.files, view.edition.withdrawal_reason) == (
        False,
        [],
        "有一条重复",
    )
    inside = lambda: queries.list_entries(actor=stranger, edition_id=edition.pk)  # noqa: E731
    assert code_of(inside) == "not_found"
    assert queries.list_entries(actor=moderator, edition_id=edition.pk).items
    assert issue(moderator, freeze(moderator)).number == 2


def test_an_entry_that_was_closed_meanwhile_is_not_issued(
    moderator: User, editor: User, firm: Organisation
) -> None:
    gone, kept = published(firm, 2)
    edition = freeze(moderator)
    close_listing(actor=editor, kind=NEED, listing_id=gone.pk, reason="withdrawn")
    with pytest.raises(DomainError) as refused:
        issue(moderator, edition)
    assert refused.value.code == "edition_outdated"
    outdated = edition.entries.get(listing_id=gone.pk)
    assert refused.value.data["entries"] == [str(outdated.pk)]
    view = queries.get_edition(actor=moderator, edition_id=edition.pk)
    assert view.outdated == [outdated.pk]
    edition = services.refresh_edition(
        actor=moderator, edition_id=edition.pk, version=edition.version
    )
    assert [entry.listing_id for entry in edition.entries.all()] == [kept.pk]
    assert issue(moderator, edition).number == 1


def test_what_its_owner_has_hidden_since_is_not_issued(moderator: User, firm: Organisation) -> None:
    (need,) = published(firm)
    edition = freeze(moderator)
    Need.objects.filter(pk=need.pk).update(field_levels={"budget_max": "own"})
    assert code_of(lambda: issue(moderator, edition)) == "edition_outdated"
    edition = services.refresh_edition(
        actor=moderator, edition_id=edition.pk, version=edition.version
    )
    (entry,) = issue(moderator, edition).entries.all()
    assert entry.content["budget_max"] is None


def test_a_refresh_keeps_order_and_what_was_left_out(moderator: User, firm: Organisation) -> None:
    for title in "甲乙丙":
        published(firm, title=title)
    edition = freeze(moderator)
    first, second, third = edition.entries.order_by("position")
    edition = arrange(moderator, edition, [third, first])
    Need.objects.filter(pk=third.listing_id).update(title="丙改")
    published(firm, title="丁")
    edition = services.refresh_edition(
        actor=moderator, edition_id=edition.pk, version=edition.version
    )
    assert titles(edition) == ["丙改", "甲", "丁"]
    assert edition.entries.get(pk=second.pk).position is None


def test_the_database_refuses_a_second_edition_of_a_number(
    moderator: User, firm: Organisation
) -> None:
    published(firm)
    issue(moderator, freeze(moderator))
    other = freeze(moderator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=other.pk).update(number=1, status=EditionStatus.ISSUED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=other.pk).update(status=EditionStatus.ISSUED)


def test_issuing_asks_for_the_files(moderator: User, firm: Organisation) -> None:
    published(firm)
    edition = issue(moderator, freeze(moderator))
    forms = EditionFile.objects.filter(edition=edition).values_list("form", "status")
    assert set(forms) == {("pdf", "waiting"), ("xlsx", "waiting")}
    event = OutboxEvent.objects.get(topic="edition.issued")
    assert event.payload == {"edition_id": str(edition.pk)}
    asked = lambda: queries.file_content(actor=None, edition_id=edition.pk, form="pdf")  # noqa: E731
    assert code_of(asked) == "edition_not_ready"


def test_two_editions_are_compared_with_the_outcome_of_each(
    moderator: User, editor: User, stranger: User, firm: Organisation
) -> None:
    same, changed, closed = (published(firm, title=title)[0] for title in ("同", "改", "关"))
    older = issue(moderator, freeze(moderator))
    changed.indicators.update(value=99.99999)
    close_listing(actor=editor, kind=NEED, listing_id=closed.pk, reason="matched_here")
    (new,) = published(firm, title="新")
    newer = issue(moderator, freeze(moderator))

    # Whichever is named first, the one frozen first is the older.
    view = queries.compare_editions(actor=stranger, edition_id=older.pk, other_id=newer.pk)
    assert (view.older, view.newer) == (older, newer)
    found = {one.listing_id: one for one in view.items}
    assert {pk: one.verdict for pk, one in found.items()} == {
        same.pk: Verdict.UNCHANGED,
        changed.pk: Verdict.CHANGED,
        closed.pk: Verdict.CLOSED,
        new.pk: Verdict.NEW,
    }
    assert found[closed.pk].outcome.reason == "matched_here"
    assert found[same.pk].outcome.code == "ongoing"
    assert found[changed.pk].fields == []
    assert [line.verdict for line in found[changed.pk].lines] == ["changed"]
    assert view.counts == {"new": 1, "changed": 1, "unchanged": 1, "closed": 1, "left": 0}
    only = queries.compare_editions(
        actor=stranger, edition_id=newer.pk, other_id=older.pk, verdict="new"
    )
    assert [one.listing_id for one in only.items] == [new.pk]


def test_outcomes_of_introductions_are_counted_when_somebody_knows_them(
    moderator: User, firm: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "_counters", [])
    (need,) = published(firm)
    outcomes.register_counter(lambda kind, ids: {need.pk: {"intent": 2, "contract": 1}})
    assert outcomes.outcomes_of(NEED, [need.pk])[need.pk].counts == {"intent": 2, "contract": 1}


def test_only_editions_of_one_list_are_compared(moderator: User, firm: Organisation) -> None:
    published(firm)
    CapabilityFactory(organisation=firm, status=Status.PUBLISHED)
    one = issue(moderator, freeze(moderator))
    other = issue(
        moderator, services.freeze_edition(actor=moderator, list_kind=ListingKind.CAPABILITY)
    )
    for pk in (one.pk, other.pk):
        asked = lambda: queries.compare_editions(  # noqa: E731
            actor=None,
            edition_id=one.pk,
            other_id=pk,  # noqa: B023
        )
        assert fields_of(asked) == {"other_id": "not_comparable"}


def test_a_draft_is_not_compared_for_the_public(moderator: User, firm: Organisation) -> None:
    published(firm)
    one, draft = issue(moderator, freeze(moderator)), freeze(moderator)
    asked: Callable[[Any], Any] = lambda actor: queries.compare_editions(  # noqa: E731
        actor=actor, edition_id=one.pk, other_id=draft.pk
    )
    assert code_of(lambda: asked(None)) == "not_found"
    assert asked(moderator).counts["unchanged"] == 1


@pytest.mark.django_db(transaction=True)
def test_eight_who_issue_at_once_get_eight_numbers_without_a_gap(moderator: User) -> None:
    firm = OrganisationFactory()
    published(firm)
    drafts = [freeze(moderator) for _ in range(8)]

    def run(draft: Edition) -> int | None:
        try:
            return issue(moderator, draft).number
        finally:
            connections.close_all()

    for start in (0, 8):
        with ThreadPoolExecutor(8) as threads:
            numbers = sorted(threads.map(run, drafts))
        assert numbers == list(range(start + 1, start + 9))
        drafts = [freeze(moderator) for _ in range(8)]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_issue_one_draft_one_does(moderator: User) -> None:
    firm = OrganisationFactory()
    published(firm)
    draft = freeze(moderator)

    def run(_: int) -> str:
        try:
            issue(moderator, draft)
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(8) as threads:
        found = sorted(threads.map(run, range(8)))
    assert found == ["done", *["wrong_state"] * 7]
    assert Edition.objects.get().number == 1
