"""Growth ladders: what is published, what is on file, where an organisation stands."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from api import auth
from api.organisations import (
    facts_of,
    growth_of,
    present_condition,
    present_fact,
    present_ladders,
    present_tier,
)
from api.schemas.base import problems
from api.schemas.organisations import (
    ConditionEdit,
    EditableCondition,
    FactList,
    FactRow,
    Growth,
    HeldTierRow,
    LadderList,
    NewFact,
    NewTier,
)
from park.organisations import queries, services

router = Router(tags=["growth"], auth=auth.MEMBERS)
ONE = "/organisations/{uuid:organisation_id}"
ALL = problems(401, 403, 404, 409, 422)


@router.get(
    "/growth-ladders",
    operation_id="list_growth_ladders",
    auth=auth.ANYBODY,
    response={200: LadderList, **problems(401)},
    summary="Both ladders with their published conditions",
)
def list_growth_ladders(request: HttpRequest):
    return present_ladders(queries.list_ladders())


@router.patch(
    "/growth-conditions/{uuid:condition_id}",
    operation_id="edit_growth_condition",
    response={200: EditableCondition, **ALL},
    summary="Keep a condition in step with what is in force (administrators)",
)
def edit_growth_condition(request: HttpRequest, condition_id: UUID, body: ConditionEdit):
    made = services.edit_condition(
        actor=auth.actor(request),
        condition_id=condition_id,
        changes=body.model_dump(exclude_unset=True),
    )
    return present_condition(made)


@router.get(
    ONE + "/growth",
    operation_id="get_growth",
    response={200: Growth, **problems(401, 404)},
    summary="Tiers held, and what the next step asks",
)
def get_growth(request: HttpRequest, organisation_id: UUID):
    """For its members and staff. A verdict says what is on file, never who is eligible."""
    return growth_of(auth.actor(request), organisation_id)


@router.get(
    ONE + "/facts",
    operation_id="list_facts",
    response={200: FactList, **problems(401, 404)},
    summary="Facts on file",
)
def list_facts(request: HttpRequest, organisation_id: UUID):
    return facts_of(auth.actor(request), organisation_id)


@router.post(
    ONE + "/facts",
    operation_id="record_fact",
    response={201: FactRow, **ALL},
    summary="Put a fact on file",
)
def record_fact(request: HttpRequest, organisation_id: UUID, body: NewFact):
    made = services.record_fact(
        actor=auth.actor(request), organisation_id=organisation_id, **body.model_dump()
    )
    return Status(201, present_fact(made))


@router.post(
    ONE + "/facts/{uuid:fact_id}/verification",
    operation_id="verify_fact",
    response={200: FactRow, **ALL},
    summary="The evidence has been seen (staff)",
)
def verify_fact(request: HttpRequest, organisation_id: UUID, fact_id: UUID):
    made = services.verify_fact(
        actor=auth.actor(request), organisation_id=organisation_id, fact_id=fact_id
    )
    return present_fact(made)


@router.post(
    ONE + "/tiers",
    operation_id="record_tier",
    response={201: HeldTierRow, **ALL},
    summary="Record a tier that was granted",
)
def record_tier(request: HttpRequest, organisation_id: UUID, body: NewTier):
    made = services.record_tier(
        actor=auth.actor(request), organisation_id=organisation_id, **body.model_dump()
    )
    return Status(201, present_tier(made, timezone.localdate()))


@router.post(
    ONE + "/tiers/{uuid:tier_id}/verification",
    operation_id="verify_tier",
    response={200: HeldTierRow, **ALL},
    summary="The certificate has been seen (staff)",
)
def verify_tier(request: HttpRequest, organisation_id: UUID, tier_id: UUID):
    made = services.verify_tier(
        actor=auth.actor(request), organisation_id=organisation_id, tier_id=tier_id
    )
    return present_tier(made, timezone.localdate())


@router.delete(
    ONE + "/tiers/{uuid:tier_id}",
    operation_id="remove_tier",
    response={204: None, **ALL},
    summary="Take a wrong record out",
)
def remove_tier(request: HttpRequest, organisation_id: UUID, tier_id: UUID):
    services.remove_tier(
        actor=auth.actor(request), organisation_id=organisation_id, tier_id=tier_id
    )
    return Status(204, None)
