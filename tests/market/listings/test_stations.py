"""Stations collect entries in a firm's name: what they may write and see, and their queue."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from market.listings import queries, services
from market.listings.kinds import ListingKind
from market.listings.models import Need
from market.listings.states import Status
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.organisations.kinds import MembershipRole, OrganisationKind, VerificationStatus
from park.organisations.models import Organisation
from tests.factories import (
    CapabilityFactory,
    NeedFactory,
    OrganisationFactory,
    UserFactory,
    make_member,
    make_staff,
    need_content,
)

pytestmark = pytest.mark.django_db
NEED = ListingKind.NEED


def code_of(call: Any) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


@pytest.fixture
def station() -> Organisation:
    return OrganisationFactory(kind=OrganisationKind.STATION, chains=["copper_processing"])


@pytest.fixture
def collector(station: Organisation) -> User:
    return make_member(station)


@pytest.fixture
def firm() -> Organisation:
    return OrganisationFactory()


def collect(actor: Any, station: Organisation, firm: Organisation, **content: Any) -> Any:
    return services.create_listing(
        actor=actor,
        kind=NEED,
        organisation_id=firm.pk,
        station_id=station.pk,
        content=need_content(**content),
    )


def queue(actor: Any, station: Organisation, **filters: Any) -> list[tuple[str, str]]:
    page = queries.station_queue(actor=actor, station_id=station.pk, **filters)
    return [(entry.title, entry.origin) for entry in page.items]


class TestCollecting:
    @pytest.mark.parametrize("kind", ["station", "offshore_platform"])
    def test_an_editor_drafts_edits_and_submits_for_a_firm(self, firm, kind: str) -> None:
        station = OrganisationFactory(kind=kind)
        actor = make_member(station)
        made = collect(actor, station, firm)
        assert (made.organisation, made.station) == (firm, station)
        which = {"actor": actor, "kind": NEED, "listing_id": made.pk}
        services.edit_listing(**which, version=1, content={"title": "新的标题"})
        services.submit_listing(**which)
        view = queries.get_listing(actor=make_staff(), kind=NEED, listing_id=made.pk)
        assert (view.listing.station, view.listing.status) == (station, Status.SUBMITTED)

    def test_the_firm_sees_and_edits_what_was_collected_in_its_name(
        self, station, collector, firm
    ) -> None:
        made = collect(collector, station, firm)
        view = queries.get_listing(actor=make_member(firm), kind=NEED, listing_id=made.pk)
        assert view.sees_all
        assert "edit" in view.allowed_actions

    def test_who_may_not(self, station, collector, firm) -> None:
        plain = OrganisationFactory()
        for actor, by, name_of in (
            (make_member(station, MembershipRole.VIEWER), station, firm),
            (make_member(firm), station, firm),
            (make_staff(StaffRole.BROKER), station, firm),
            (UserFactory(), station, firm),
            (AnonymousUser(), station, firm),
            (make_member(plain), plain, firm),  # no station
            (collector, station, station),  # not in a station's own name
        ):
            call = lambda a=actor, s=by, f=name_of: collect(a, s, f)  # noqa: E731
            assert code_of(call) == "not_allowed"

    def test_not_for_a_firm_or_by_a_station_that_nobody_verified(self, station, firm) -> None:
        collector = make_member(station)
        unverified = OrganisationFactory(status=VerificationStatus.UNVERIFIED)
        assert code_of(lambda: collect(collector, station, unverified)) == "not_found"
        made = collect(collector, station, firm)
        Organisation.objects.filter(pk=station.pk).update(status=VerificationStatus.UNVERIFIED)
        submit = lambda: services.submit_listing(  # noqa: E731
            actor=collector, kind=NEED, listing_id=made.pk
        )
        assert code_of(submit) == "organisation_unverified"

    def test_a_station_sees_drafts_only_of_what_it_collected(self, station, collector, firm):
        own_draft = NeedFactory(organisation=firm)
        others = NeedFactory(
            organisation=firm, station=OrganisationFactory(kind=OrganisationKind.STATION)
        )
        collected = NeedFactory(organisation=firm, station=station)
        submitted = NeedFactory(organisation=firm, status=Status.SUBMITTED)
        seen = set(Need.objects.visible_to(collector))
        assert seen == {collected}
        for listing in (own_draft, others, submitted):
            read = lambda pk=listing.pk: queries.get_listing(  # noqa: E731
                actor=collector, kind=NEED, listing_id=pk
            )
            assert code_of(read) == "not_found"

    def test_it_reads_the_past_of_what_it_collected(self, station, collector, firm) -> None:
        made = collect(collector, station, firm)
        which = {"kind": NEED, "listing_id": made.pk}
        history = queries.list_history(actor=collector, **which)
        assert [entry.action for entry in history.items] == ["created"]
        stranger = lambda: queries.list_history(actor=UserFactory(), **which)  # noqa: E731
        assert code_of(stranger) == "not_found"


class TestUnverified:
    def test_a_firm_drafts_but_does_not_submit(self) -> None:
        firm = OrganisationFactory(status=VerificationStatus.UNVERIFIED)
        owner = make_member(firm, MembershipRole.OWNER)
        made = services.create_listing(
            actor=owner, kind=NEED, organisation_id=firm.pk, content=need_content()
        )
        which = {"actor": owner, "kind": NEED, "listing_id": made.pk}
        assert code_of(lambda: services.submit_listing(**which)) == "organisation_unverified"
        Organisation.objects.filter(pk=firm.pk).update(status=VerificationStatus.VERIFIED)
        assert services.submit_listing(**which).status == Status.SUBMITTED


class TestQueue:
    @pytest.fixture(autouse=True)
    def _entries(self, station: Organisation, firm: Organisation) -> None:
        NeedFactory(title="草稿", organisation=firm, station=station)
        CapabilityFactory(title="能力", organisation=firm, station=station, status=Status.SUBMITTED)
        NeedFactory(title="无人收集", status=Status.PUBLISHED)
        NeedFactory(title="别的产业链", status=Status.PUBLISHED, chain="testing")
        NeedFactory(title="未发布", status=Status.SUBMITTED)
        NeedFactory(
            title="别站收集",
            status=Status.PUBLISHED,
            station=OrganisationFactory(kind=OrganisationKind.STATION),
        )

    def test_what_it_collected_and_what_its_chains_ask(self, station, collector) -> None:
        assert queue(collector, station) == [
            ("无人收集", "open"),
            ("能力", "collected"),
            ("草稿", "collected"),
        ]
        assert queue(collector, station, origin="open") == [("无人收集", "open")]
        assert queue(collector, station, status="submitted") == [("能力", "collected")]
        assert queue(collector, station, chain="testing") == []
        counts = queries.station_counts(actor=collector, station_id=station.pk)
        assert (counts.collected, counts.open) == (2, 1)
        assert counts.by_status == {"draft": 1, "submitted": 1}

    def test_brokers_see_it_without_the_drafts(self, station) -> None:
        broker = make_staff(StaffRole.BROKER)
        assert ("草稿", "collected") not in queue(broker, station)
        assert queries.station_counts(actor=broker, station_id=station.pk).collected == 1

    def test_nobody_else_does(self, station, firm, collector) -> None:
        for actor in (
            make_member(firm),
            make_member(OrganisationFactory(kind=OrganisationKind.STATION)),
            make_staff(StaffRole.MODERATOR),
            UserFactory(),
            AnonymousUser(),
        ):
            assert code_of(lambda a=actor: queue(a, station)) == "not_found"
        assert code_of(lambda: queue(make_member(firm), firm)) == "not_found"

    def test_pages_and_bad_input(self, station, collector) -> None:
        first = queries.station_queue(actor=collector, station_id=station.pk, limit=2)
        second = queries.station_queue(
            actor=collector, station_id=station.pk, limit=2, cursor=first.next_cursor
        )
        assert [entry.title for entry in second.items] == ["草稿"]
        assert second.next_cursor is None
        for bad in ({"origin": "x"}, {"status": "x"}, {"chain": "\x00"}):
            assert code_of(lambda bad=bad: queue(collector, station, **bad)) == "invalid_input"
