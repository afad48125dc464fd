"""Reads of organisations.

`standing` answers what memberships and staff roles allow, `directory` reads organisations and
their doubles, `people` members, requests and invitations, `growth` ladders, tiers and facts.
"""

from park.organisations.queries.directory import (
    DuplicateGroup,
    count_organisations,
    get_organisation,
    list_changes_waiting,
    list_duplicates,
    list_organisations,
    list_unverified,
    organisations_to_list,
    similar_organisations,
)
from park.organisations.queries.growth import (
    ConditionView,
    LadderView,
    fact_book,
    growth_of,
    list_facts,
    list_ladders,
    public_tiers,
)
from park.organisations.queries.people import (
    find_invitation,
    list_invitations,
    list_join_requests,
    list_members,
    list_my_requests,
    list_requests_waiting,
)
from park.organisations.queries.standing import (
    EDITING_ROLES,
    Standing,
    editable_organisation_ids,
    has_staff_role,
    is_administrator,
    is_staff,
    list_memberships,
    memberships_of,
    organisation_ids,
    owned_organisation_ids,
    standing_of,
)

__all__ = [
    "EDITING_ROLES",
    "ConditionView",
    "DuplicateGroup",
    "LadderView",
    "Standing",
    "count_organisations",
    "editable_organisation_ids",
    "fact_book",
    "find_invitation",
    "get_organisation",
    "growth_of",
    "has_staff_role",
    "is_administrator",
    "is_staff",
    "list_changes_waiting",
    "list_duplicates",
    "list_facts",
    "list_invitations",
    "list_join_requests",
    "list_ladders",
    "list_members",
    "list_memberships",
    "list_my_requests",
    "list_organisations",
    "list_requests_waiting",
    "list_unverified",
    "memberships_of",
    "organisation_ids",
    "organisations_to_list",
    "owned_organisation_ids",
    "public_tiers",
    "similar_organisations",
    "standing_of",
]
