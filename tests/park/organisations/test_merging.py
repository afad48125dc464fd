"""Two organisations become one: everything moves, nothing is left, addresses still lead."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models

from equipment import services as equipment
from park.accounts.models import StaffRole, User
from park.core.models import AuditEntry, OutboxEvent
from park.files.models import StoredFile
from park.imports.models import ImportJob
from park.organisations import holdings, queries, services
from park.organisations.kinds import AliasSource, MembershipRole
from park.organisations.models import (
    ChangeRequest,
    GrowthStep,
    HeldTier,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationAlias,
    OrganisationFact,
)
from park.organisations.services.merging import columns_that_point_here
from tests.factories import (
    CapabilityFactory,
    NeedFactory,
    OrganisationFactory,
    UserFactory,
    make_member,
    make_staff,
)
from tests.factories.equipment import InstrumentFactory, at
from tests.factories.talent import TalentCardFactory

pytestmark = pytest.mark.django_db
CODE, OTHER_CODE = "91350100M000100Y43", "91420200MA00000004"


def make_booking(firm: Organisation) -> Any:
    return equipment.book_instrument(
        actor=make_member(firm),
        instrument_id=InstrumentFactory().pk,
        organisation_id=firm.pk,
        starts_at=at(1, 10),
        ends_at=at(1, 11),
        now=at(0, 9),
    )


def make_tier(firm: Organisation, day: date = date(2025, 11, 1), **more: Any) -> HeldTier:
    step = GrowthStep.objects.get(code="high_tech")
    return HeldTier.objects.create(organisation=firm, step=step, granted_on=day, **more)


def make_invitation(firm: Organisation, email: str = "a@example.com") -> Invitation:
    return Invitation.objects.create(
        organisation=firm,
        email=email,
        role="viewer",
        digest=f"{firm.pk}{email}"[:64],
        expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    )


MAKERS: dict[tuple[str, str], Callable[[Organisation], Any]] = {
    ("Need", "organisation"): lambda firm: NeedFactory(organisation=firm),
    ("Need", "station"): lambda firm: NeedFactory(station=firm),
    ("Capability", "organisation"): lambda firm: CapabilityFactory(organisation=firm),
    ("Capability", "station"): lambda firm: CapabilityFactory(station=firm),
    ("Instrument", "organisation"): lambda firm: InstrumentFactory(organisation=firm),
    ("Booking", "organisation"): make_booking,
    ("TalentCard", "organisation"): lambda firm: TalentCardFactory(organisation=firm),
    ("ImportJob", "organisation"): lambda firm: ImportJob.objects.create(
        kind="need", file_name="需求.csv", size=1, organisation=firm
    ),
    ("Membership", "organisation"): make_member,
    ("JoinRequest", "organisation"): lambda firm: JoinRequest.objects.create(
        organisation=firm, user=UserFactory()
    ),
    ("Invitation", "organisation"): make_invitation,
    ("OrganisationAlias", "organisation"): lambda firm: OrganisationAlias.objects.create(
        organisation=firm, name="曾用名公司", source=AliasSource.FORMER_NAME
    ),
    ("ChangeRequest", "organisation"): lambda firm: ChangeRequest.objects.create(
        organisation=firm, changes={"name": {"old": firm.name, "new": "x"}}
    ),
    ("HeldTier", "organisation"): make_tier,
    ("OrganisationFact", "organisation"): lambda firm: OrganisationFact.objects.create(
        organisation=firm, key="employees", year=2025, number=80, source="年报"
    ),
}


@pytest.fixture
def chief() -> User:
    return make_staff(StaffRole.ADMINISTRATOR)


def merge(chief: Any, source: Organisation, target: Organisation) -> Organisation:
    return services.merge_organisations(actor=chief, source_id=source.pk, target_id=target.pk)


def columns() -> list[models.ForeignKey]:
    return columns_that_point_here()


def test_every_column_that_points_at_an_organisation_is_known_here() -> None:
    """A new one needs a holding, and a maker above."""
    assert {(column.model.__name__, column.name) for column in columns()} == set(MAKERS)


def test_files_of_the_one_that_goes_are_the_others(chief: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    paper, attachment = (
        StoredFile.objects.create(
            purpose=f"{kind}_paper",
            object_kind=kind,
            object_id=object_id,
            organisation_id=source.pk,
            name="执照.pdf",
            media_type="application/pdf",
            size=1,
            storage_name=kind,
        )
        for kind, object_id in (("organisation", source.pk), ("need", NeedFactory().pk))
    )
    merge(chief, source, target)
    paper.refresh_from_db()
    attachment.refresh_from_db()
    assert (paper.organisation_id, paper.object_id) == (target.pk, target.pk)
    assert attachment.organisation_id == target.pk


def test_no_row_is_left_behind(chief: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    for make in MAKERS.values():
        make(source)
    before = {
        column: column.model._base_manager.filter(**{column.name: source}).count()
        for column in columns()
    }
    assert all(before.values())
    merge(chief, source, target)
    assert not Organisation.objects.filter(pk=source.pk).exists()
    for column, count in before.items():
        rows = column.model._base_manager
        assert not rows.filter(**{f"{column.name}_id": source.pk}).exists()
        # An alias more: the name of what went.
        more = column.model is OrganisationAlias
        assert rows.filter(**{column.name: target}).count() == count + more, column


def test_a_row_that_nothing_moves_stops_the_merge(
    chief: User, refusal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if an app had forgotten to register what it holds."""
    kept = {name: one for name, one in holdings._holdings.items() if name != "talent_cards"}
    monkeypatch.setattr(holdings, "_holdings", kept)
    source, target = OrganisationFactory(), OrganisationFactory()
    TalentCardFactory(organisation=source)
    refused = refusal(lambda: merge(chief, source, target))
    assert (refused.code, refused.data) == ("merge_incomplete", {"left": ["TalentCard"]})
    assert Organisation.objects.filter(pk=source.pk).exists()


def test_a_preview_counts_what_would_move(chief: User) -> None:
    source = OrganisationFactory(credit_code=CODE, about="介绍")
    target = OrganisationFactory(credit_code=OTHER_CODE)
    NeedFactory.create_batch(2, organisation=source)
    make_member(source)
    preview = services.preview_merge(actor=chief, source_id=source.pk, target_id=target.pk)
    assert (preview.moves["needs"], preview.moves["members"], preview.moves["facts"]) == (2, 1, 0)
    assert preview.filled == ["about"]
    assert preview.obstacle == "different_credit_codes"


def test_who_is_in_both_keeps_the_higher_role(chief: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    high, low = make_member(source, MembershipRole.OWNER), make_member(source, "viewer")
    for user, role in ((high, "viewer"), (low, "editor")):
        Membership.objects.create(organisation=target, user=user, role=role)
    merge(chief, source, target)
    assert dict(target.memberships.values_list("user_id", "role")) == {
        high.pk: "owner",
        low.pk: "editor",
    }


def test_what_both_have_is_there_once(chief: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    user = UserFactory()
    for firm in (source, target):
        JoinRequest.objects.create(organisation=firm, user=user)
        make_invitation(firm, "twice@example.com")
        OrganisationAlias.objects.create(organisation=firm, name="同名", source="other")
    unverified = make_tier(target)
    verified = make_tier(source, verified_at=datetime(2026, 1, 1, tzinfo=UTC))
    merge(chief, source, target)
    assert target.join_requests.filter(status="pending").count() == 1
    assert target.invitations.open().count() == 1
    assert list(target.tiers.all()) == [verified]
    assert not HeldTier.objects.filter(pk=unverified.pk).exists()
    assert target.aliases.filter(name="同名").count() == 1


def test_the_old_address_and_name_lead_to_what_it_became(chief: User) -> None:
    first, second, third = OrganisationFactory.create_batch(3)
    merge(chief, first, second)
    merge(chief, second, third)
    for gone in (first, second):
        assert queries.get_organisation(AnonymousUser(), gone.pk) == third
        assert queries.list_organisations(actor=None, q=gone.name).items == [third]


def test_gaps_are_filled_and_nothing_is_overwritten(chief: User) -> None:
    source = OrganisationFactory(credit_code=CODE, about="源", chains=["testing"])
    target = OrganisationFactory(about="目标", chains=["copper_processing"])
    merged = merge(chief, source, target)
    assert (merged.credit_code, merged.about) == (CODE, "目标")
    assert merged.chains == ["copper_processing", "testing"]


def test_two_codes_are_two_firms(chief: User, refusal: Any) -> None:
    source = OrganisationFactory(credit_code=CODE)
    target = OrganisationFactory(credit_code=OTHER_CODE)
    assert refusal(lambda: merge(chief, source, target)).code == "different_credit_codes"
    assert refusal(lambda: merge(chief, source, source)).code == "same_organisation"


def test_matching_hears_of_it_and_the_trail_says_what_moved(chief: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    need = NeedFactory(organisation=source)
    merge(chief, source, target)
    told = OutboxEvent.objects.filter(topic="item.changed").values_list("payload", flat=True)
    assert {"kind": "need", "object_id": str(need.pk)} in list(told)
    entry = AuditEntry.objects.get(object_id=target.pk, action="merged")
    assert entry.changes["needs"] == {"old": 0, "new": 1}
    assert entry.note == source.name


@pytest.mark.parametrize("role", [role for role in StaffRole if role != StaffRole.ADMINISTRATOR])
def test_only_administrators_merge(refusal: Any, role: StaffRole) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    for actor in (make_staff(role), make_member(source, "owner"), AnonymousUser()):
        assert refusal(lambda a=actor: merge(a, source, target)).code == "not_allowed"
        preview = lambda a=actor: services.preview_merge(  # noqa: E731
            actor=a, source_id=source.pk, target_id=target.pk
        )
        assert refusal(preview).code == "not_allowed"
