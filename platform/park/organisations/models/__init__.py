"""Organisations and who belongs to them: the tenant boundary; and what they have grown to."""

from park.organisations.kinds import (
    AliasSource,
    FactKey,
    MembershipRole,
    OrganisationKind,
    RequestStatus,
    VerificationStatus,
)
from park.organisations.models.growth import (
    GrowthCondition,
    GrowthLadder,
    GrowthStep,
    HeldTier,
    OrganisationFact,
)
from park.organisations.models.members import Invitation, JoinRequest, Membership
from park.organisations.models.organisations import (
    ChangeRequest,
    Organisation,
    OrganisationAlias,
)

__all__ = [
    "AliasSource",
    "ChangeRequest",
    "FactKey",
    "GrowthCondition",
    "GrowthLadder",
    "GrowthStep",
    "HeldTier",
    "Invitation",
    "JoinRequest",
    "Membership",
    "MembershipRole",
    "Organisation",
    "OrganisationAlias",
    "OrganisationFact",
    "OrganisationKind",
    "RequestStatus",
    "VerificationStatus",
]
