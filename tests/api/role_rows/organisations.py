"""Organisations: proposing, verifying, members, growth, doubles, stations, staff roles."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.api.role_rows.base import (
    ABSENT,
    BROKERS,
    FORBIDDEN,
    READERS,
    REVIEWERS,
    SIGN_IN,
    Row,
    constant,
    everybody,
)
from tests.api.world import World

OTHER_EMAIL = "403 invitation_other_email"
REASON = constant({"reason": "与登记信息不符"})
ROLE = constant({"role": "viewer"})


def firm(world: World) -> dict[str, Any]:
    return {"organisation_id": world.firm.pk}


def firm_with(name: str, make: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: firm(world) | {name: getattr(world, make)().pk}


def viewer_of_firm(world: World) -> dict[str, Any]:
    world.owner_of_firm()
    return firm(world) | {"user_id": world.viewer.pk}


def proposal(status: str = "unverified") -> Callable[[World], dict[str, Any]]:
    return lambda world: {"organisation_id": world.proposal(status).pk}


def join_request(world: World) -> dict[str, Any]:
    return {"request_id": world.join_request().pk}


def strangers_request(world: World) -> dict[str, Any]:
    return {"request_id": world.join_request(world.stranger).pk}


def change(world: World) -> dict[str, Any]:
    return {"change_id": world.change().pk}


def secret(world: World) -> dict[str, Any]:
    return {"secret": world.invitation()[1]}


def merge(world: World) -> dict[str, Any]:
    return {"source_id": str(world.other_firm.pk), "target_id": str(world.firm.pk)}


FACT = constant({"key": "employees", "year": 2025, "value": 80, "source": "年报"})
TIER = constant({"step": "high_tech", "granted_on": "2025-11-01"})
EDIT = constant({"version": 1, "profile": {"about": "新介绍"}})
FROM_STAFF = {"visitor": SIGN_IN, "stranger": FORBIDDEN, "member": FORBIDDEN}

ROWS: dict[str, Row] = {
    "list_organisations": everybody(),
    "get_organisation": Row(
        ABSENT, ABSENT, "200", "200", path=proposal(), viewer=ABSENT, owner=ABSENT
    ),
    "propose_organisation": Row(
        SIGN_IN,
        "201",
        "201",
        "201",
        body=constant({"profile": {"name": "黄石示例新材料有限公司", "kind": "enterprise"}}),
    ),
    "edit_organisation": Row(
        SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=firm, body=EDIT, owner="200", only_for=REVIEWERS
    ),
    "ask_for_verification": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=proposal("rejected"),
        viewer=ABSENT,
        owner=ABSENT,
        only_for=REVIEWERS,
    ),
    "verify_organisation": Row(
        SIGN_IN,
        ABSENT,
        FORBIDDEN,
        "200",
        path=proposal(),
        viewer=ABSENT,
        owner=ABSENT,
        only_for=REVIEWERS,
    ),
    "reject_organisation": Row(
        SIGN_IN,
        ABSENT,
        FORBIDDEN,
        "200",
        path=proposal(),
        body=REASON,
        viewer=ABSENT,
        owner=ABSENT,
        only_for=REVIEWERS,
    ),
    "add_organisation_alias": Row(
        **FROM_STAFF,
        staff="200",
        path=firm,
        body=constant({"name": "黄石示例铜厂"}),
        only_for=REVIEWERS,
    ),
    "remove_organisation_alias": Row(
        **FROM_STAFF, staff="204", path=firm_with("alias_id", "alias"), only_for=REVIEWERS
    ),
    # Members: the member edits for the firm and does not own it.
    "list_members": Row(SIGN_IN, ABSENT, "200", "200", path=firm),
    "change_member_role": Row(
        SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=viewer_of_firm, body=ROLE, owner="200"
    ),
    "remove_member": Row(
        SIGN_IN, FORBIDDEN, FORBIDDEN, "204", path=viewer_of_firm, viewer="204", owner="204"
    ),
    "list_join_requests": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "200",
        path=firm,
        owner="200",
        only_for=REVIEWERS,
        other_staff=ABSENT,
    ),
    "request_to_join": Row(
        SIGN_IN, "201", "409 already_member", "201", path=firm, body=constant({"message": "x"})
    ),
    "list_my_join_requests": Row(SIGN_IN, "200", "200", "200"),
    "withdraw_join_request": Row(SIGN_IN, "204", ABSENT, ABSENT, path=strangers_request),
    "approve_join_request": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "200",
        path=join_request,
        body=ROLE,
        owner="200",
        only_for=REVIEWERS,
        other_staff=ABSENT,
    ),
    "decline_join_request": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "200",
        path=join_request,
        body=REASON,
        owner="200",
        only_for=REVIEWERS,
        other_staff=ABSENT,
    ),
    "list_invitations": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "200",
        path=firm,
        owner="200",
        only_for=REVIEWERS,
        other_staff=ABSENT,
    ),
    "invite_member": Row(
        **FROM_STAFF,
        staff="201",
        path=firm,
        body=constant({"email": "new@example.com", "role": "editor"}),
        owner="201",
        only_for=REVIEWERS,
    ),
    "revoke_invitation": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "204",
        path=lambda world: {"invitation_id": world.invitation()[0].pk},
        owner="204",
        only_for=REVIEWERS,
        other_staff=ABSENT,
    ),
    "look_up_invitation": everybody(body=secret),
    "accept_invitation": Row(SIGN_IN, OTHER_EMAIL, OTHER_EMAIL, OTHER_EMAIL, body=secret),
    # Growth: level own.
    "list_growth_ladders": everybody(),
    "edit_growth_condition": Row(
        **FROM_STAFF,
        staff="200",
        path=lambda world: {"condition_id": world.condition().pk},
        body=constant({"must_check": True}),
    ),
    "get_growth": Row(
        SIGN_IN, ABSENT, "200", "200", path=firm, only_for=READERS, other_staff=ABSENT
    ),
    "list_facts": Row(
        SIGN_IN, ABSENT, "200", "200", path=firm, only_for=READERS, other_staff=ABSENT
    ),
    "record_fact": Row(
        **FROM_STAFF, staff="201", path=firm, body=FACT, owner="201", only_for=REVIEWERS
    ),
    "verify_fact": Row(
        **FROM_STAFF, staff="200", path=firm_with("fact_id", "fact"), only_for=REVIEWERS
    ),
    "record_tier": Row(
        **FROM_STAFF, staff="201", path=firm, body=TIER, owner="201", only_for=REVIEWERS
    ),
    "verify_tier": Row(
        **FROM_STAFF, staff="200", path=firm_with("tier_id", "tier"), only_for=REVIEWERS
    ),
    "remove_tier": Row(
        **FROM_STAFF,
        staff="204",
        path=firm_with("tier_id", "tier"),
        owner="204",
        only_for=REVIEWERS,
    ),
    # Stations.
    "get_station_queue": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=lambda world: {"station_id": world.station().pk},
        viewer=ABSENT,
        owner=ABSENT,
        only_for=BROKERS,
        other_staff=ABSENT,
    ),
    "get_station_counts": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=lambda world: {"station_id": world.station().pk},
        viewer=ABSENT,
        owner=ABSENT,
        only_for=BROKERS,
        other_staff=ABSENT,
    ),
    # Staff.
    "list_unverified_organisations": Row(**FROM_STAFF, staff="200", only_for=REVIEWERS),
    "create_organisation": Row(
        **FROM_STAFF, staff="201", body=constant({"name": "示例新企业", "kind": "enterprise"})
    ),
    "list_waiting_changes": Row(**FROM_STAFF, staff="200", only_for=REVIEWERS),
    "approve_change": Row(SIGN_IN, ABSENT, FORBIDDEN, "200", path=change, only_for=REVIEWERS),
    "decline_change": Row(
        SIGN_IN, ABSENT, FORBIDDEN, "200", path=change, body=REASON, only_for=REVIEWERS
    ),
    "list_waiting_join_requests": Row(**FROM_STAFF, staff="200", only_for=REVIEWERS),
    "list_doubles": Row(**FROM_STAFF, staff="200", only_for=REVIEWERS),
    "preview_merge": Row(
        **FROM_STAFF,
        staff="404 not_found",
        query={"source_id": str(UUID(int=1)), "target_id": str(UUID(int=2))},
        only_for=frozenset(),
    ),
    "merge_organisations": Row(**FROM_STAFF, staff="200", body=merge),
    "list_staff": Row(**FROM_STAFF, staff="200", only_for=frozenset()),
    "name_staff": Row(
        **FROM_STAFF, staff="200", body=constant({"login": "stranger", "roles": ["broker"]})
    ),
    "set_staff_roles": Row(
        **FROM_STAFF,
        staff="200",
        path=lambda world: {"user_id": world.stranger.pk},
        body=constant({"roles": ["broker"]}),
    ),
}
