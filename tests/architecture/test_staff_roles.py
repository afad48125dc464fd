"""The table of staff roles in docs/organisations.md: every tick works, every blank is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from equipment import queries as equipment
from equipment.models import InstrumentStatus
from market.listings import queries as listings
from market.listings import services as entries
from market.listings.kinds import ListingKind
from market.listings.states import Status
from matching import feedback
from park.accounts import staff
from park.accounts.models import StaffRole
from park.core.errors import DomainError
from park.organisations import queries, services
from park.organisations.kinds import OrganisationKind, VerificationStatus
from park.organisations.models import GrowthCondition
from talent import queries as talent
from talent.models import CardStatus
from tests.factories import (
    CapabilityFactory,
    NeedFactory,
    OrganisationFactory,
    UserFactory,
    make_member,
    make_staff,
)
from tests.factories.equipment import InstrumentFactory
from tests.factories.matching import item_of, suggest
from tests.factories.talent import TalentCardFactory

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs" / "organisations.md"
NEED = ListingKind.NEED
ROLES = list(StaffRole)


def unverified() -> Any:
    return OrganisationFactory(status=VerificationStatus.UNVERIFIED)


def invite(actor: Any) -> Any:
    return services.invite_member(
        actor=actor,
        organisation_id=OrganisationFactory().pk,
        email="new@example.com",
        role="viewer",
        link_to=str,
    )


def change_role(actor: Any) -> Any:
    firm = OrganisationFactory()
    return services.change_role(
        actor=actor, organisation_id=firm.pk, user_id=make_member(firm).pk, role="viewer"
    )


def read_card(actor: Any) -> Any:
    card = TalentCardFactory(status=CardStatus.DRAFT)
    return talent.get_card(actor=actor, card_id=card.pk)


def edit_condition(actor: Any) -> Any:
    condition = GrowthCondition.objects.first()
    assert condition is not None
    return services.edit_condition(actor=actor, condition_id=condition.pk, changes={})


def judge(actor: Any) -> Any:
    need = item_of("need", NeedFactory(status=Status.PUBLISHED).pk)
    offer = item_of("capability", CapabilityFactory(status=Status.PUBLISHED).pk)
    feedback.give_feedback(
        actor=actor, suggestion_id=suggest(need, offer).pk, is_useful=True, reason="fits"
    )
    return feedback.list_feedback(actor=actor)


# A line of the table, by how it begins: what one of the role does.
DEEDS: dict[str, Callable[[Any], Any]] = {
    "read entries that were handed in": lambda actor: listings.get_listing(
        actor=actor, kind=NEED, listing_id=NeedFactory(status=Status.SUBMITTED).pk
    ),
    "publish, return, hold entries": lambda actor: entries.publish_listing(
        actor=actor, kind=NEED, listing_id=NeedFactory(status=Status.SUBMITTED).pk
    ),
    "verify organisations": lambda actor: services.verify_organisation(
        actor=actor, organisation_id=unverified().pk
    ),
    "let people in": invite,
    "read facts": lambda actor: queries.list_facts(
        actor=actor, organisation_id=OrganisationFactory().pk
    ),
    "the desks of stations": lambda actor: listings.station_queue(
        actor=actor, station_id=OrganisationFactory(kind=OrganisationKind.STATION).pk
    ),
    "say whether a suggestion is useful": judge,
    "instruments that are not published": lambda actor: equipment.get_instrument(
        actor=actor, instrument_id=InstrumentFactory(status=InstrumentStatus.DRAFT).pk
    ),
    "cards that are not published": read_card,
    "change roles of members": change_role,
    "register and merge organisations": lambda actor: (
        services.create_organisation(actor=actor, name="示例", kind="enterprise"),
        edit_condition(actor),
        staff.set_staff_roles(actor=actor, user_id=UserFactory().pk, roles=["broker"]),
        services.merge_organisations(
            actor=actor,
            source_id=OrganisationFactory().pk,
            target_id=OrganisationFactory().pk,
        ),
    ),
}


def table() -> dict[str, dict[StaffRole, bool]]:
    """What the docs say: line → role → ticked."""
    text = DOCS.read_text(encoding="utf-8").partition("## Staff roles")[2]
    lines = re.findall(r"^\| (.+?) \|(.*)\|$", text, re.MULTILINE)
    rows = {name: [cell.strip() == "✓" for cell in cells.split("|")] for name, cells in lines}
    return {
        name: dict(zip(ROLES, ticks, strict=True))
        for name, ticks in rows.items()
        if len(ticks) == len(ROLES) and any(ticks)
    }


TABLE = table()
CASES = [
    (deed, role, next(row[role] for name, row in TABLE.items() if name.startswith(deed)))
    for deed in DEEDS
    for role in ROLES
]


def test_every_line_of_the_table_is_tried() -> None:
    tried = [name for name in TABLE if any(name.startswith(deed) for deed in DEEDS)]
    assert tried == list(TABLE)
    assert len(TABLE) == len(DEEDS)


@pytest.mark.parametrize(("deed", "role", "may"), CASES)
def test_the_table_is_true(deed: str, role: StaffRole, may: bool) -> None:
    actor = make_staff(role)
    if may:
        DEEDS[deed](actor)
        return
    with pytest.raises(DomainError) as refused:
        DEEDS[deed](actor)
    assert refused.value.code in ("not_allowed", "not_found")


def test_nothing_is_found_by_an_id_alone() -> None:
    """Not even by staff."""
    with pytest.raises(DomainError) as refused:
        queries.get_organisation(make_staff(), UUID(int=1))
    assert refused.value.code == "not_found"
