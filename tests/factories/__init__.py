"""Records for tests, complete and plausible unless told otherwise."""

from tests.factories.accounts import UserFactory, guard_staff, make_staff
from tests.factories.listings import (
    CapabilityFactory,
    IndicatorFactory,
    NeedFactory,
    capability_content,
    need_content,
)
from tests.factories.organisations import MembershipFactory, OrganisationFactory, make_member

__all__ = [
    "CapabilityFactory",
    "IndicatorFactory",
    "MembershipFactory",
    "NeedFactory",
    "OrganisationFactory",
    "UserFactory",
    "capability_content",
    "guard_staff",
    "make_member",
    "make_staff",
    "need_content",
]
