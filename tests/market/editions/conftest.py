"""A moderator, a firm with published needs, and the moves that lead to an edition."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from market.editions import services
from market.editions.models import CollectionRound, Edition
from market.listings.kinds import ListingKind
from market.listings.states import Status
from park.accounts.models import User
from park.organisations.models import MembershipRole, Organisation
from tests.factories import NeedFactory, OrganisationFactory, make_member, make_staff

NEED = ListingKind.NEED


@pytest.fixture
def firm(db: None) -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def editor(firm: Organisation) -> User:
    return make_member(firm)


@pytest.fixture
def stranger(db: None) -> User:
    return make_member(OrganisationFactory(), MembershipRole.OWNER)


@pytest.fixture
def moderator(db: None) -> User:
    return make_staff()


def published(firm: Organisation, count: int = 1, **fields: Any) -> list[Any]:
    return NeedFactory.create_batch(count, organisation=firm, status=Status.PUBLISHED, **fields)


def round_content(**changes: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "title": "第三季度技术需求征集",
        "notice": "面向园区企业征集。",
        "opens_at": now - timedelta(hours=1),
        "deadline": now + timedelta(days=10),
        **changes,
    }


def open_round(moderator: User, **changes: Any) -> CollectionRound:
    made = services.create_round(actor=moderator, list_kind=NEED, content=round_content(**changes))
    return services.open_round(actor=moderator, round_id=made.pk)


def freeze(moderator: User, **more: Any) -> Edition:
    return services.freeze_edition(actor=moderator, list_kind=NEED, **more)


def issue(moderator: User, edition: Edition) -> Edition:
    return services.issue_edition(actor=moderator, edition_id=edition.pk, version=edition.version)
