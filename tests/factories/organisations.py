from importlib import import_module
from typing import Any

import factory
from django.apps import apps
from factory.django import DjangoModelFactory

from park.accounts.models import User
from park.organisations.models import (
    GrowthLadder,
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
)
from tests.factories.accounts import UserFactory


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"示例企业{n}有限公司")
    short_name = factory.Sequence(lambda n: f"企业{n}")
    kind = OrganisationKind.ENTERPRISE
    chains = factory.LazyFunction(lambda: ["copper_processing"])
    region = "xingang"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = MembershipRole.EDITOR


def make_member(organisation: Organisation, role: MembershipRole = MembershipRole.EDITOR) -> User:
    """A new user with that role in the organisation."""
    return MembershipFactory(organisation=organisation, role=role).user


_ladders = import_module("park.organisations.migrations.0003_seed_ladders")


def seed_ladders(**signal: Any) -> None:
    """What the data migration wrote, unless it is there. Also a receiver of `post_migrate`."""
    if not GrowthLadder.objects.exists():
        _ladders.seed(apps, None)
