"""Every write to organisations.

`registration` makes, edits and verifies them, `members` and `invitations` say who belongs,
`growth` keeps tiers, facts and conditions, `merging` makes one of two.
"""

from park.organisations.services.growth import (
    edit_condition,
    record_fact,
    record_tier,
    remove_tier,
    verify_fact,
    verify_tier,
)
from park.organisations.services.invitations import (
    accept_invitation,
    invite_member,
    revoke_invitation,
)
from park.organisations.services.members import (
    add_member,
    approve_join_request,
    change_role,
    decline_join_request,
    remove_member,
    request_to_join,
    withdraw_join_request,
)
from park.organisations.services.merging import MergePreview, merge_organisations, preview_merge
from park.organisations.services.registration import (
    add_alias,
    approve_change,
    ask_for_verification,
    create_organisation,
    decline_change,
    edit_organisation,
    propose_organisation,
    reject_organisation,
    remove_alias,
    verify_organisation,
)

__all__ = [
    "MergePreview",
    "accept_invitation",
    "add_alias",
    "add_member",
    "approve_change",
    "approve_join_request",
    "ask_for_verification",
    "change_role",
    "create_organisation",
    "decline_change",
    "decline_join_request",
    "edit_condition",
    "edit_organisation",
    "invite_member",
    "merge_organisations",
    "preview_merge",
    "propose_organisation",
    "record_fact",
    "record_tier",
    "reject_organisation",
    "remove_alias",
    "remove_member",
    "remove_tier",
    "request_to_join",
    "revoke_invitation",
    "verify_fact",
    "verify_organisation",
    "verify_tier",
    "withdraw_join_request",
]
