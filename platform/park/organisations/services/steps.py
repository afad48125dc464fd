"""The steps that the services share: find and lock, clean a profile, save, record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from park.accounts.actors import Actor, user_or_none
from park.core import audit, text_rules
from park.core.errors import DomainError, NotFound
from park.core.text_rules import Problems
from park.organisations import credit_codes
from park.organisations.kinds import OrganisationKind
from park.organisations.models import Organisation
from park.organisations.queries import get_organisation, is_staff
from park.organisations.queries.directory import names_of
from park.vocabularies.queries import known_codes

IDENTITY = ("name", "kind", "credit_code")
"""What staff verified: a change of it goes through them."""
PROFILE = (
    *IDENTITY, "name_en", "short_name", "chains", "region", "about",
    "contact_name", "contact_phone", "contact_email",
)  # fmt: skip
REASON_LIMIT = 1000


def lock(actor: Actor, organisation_id: UUID) -> Organisation:
    """The organisation, locked until the transaction ends. Raises NotFound."""
    organisation = get_organisation(actor, organisation_id)
    # Not its key: others may go on to make what points at it.
    rows = Organisation.objects.select_for_update(no_key=True)
    locked = rows.filter(pk=organisation.pk).first()
    if locked is None:  # merged away between the two
        raise NotFound("organisation")
    return locked


def clean_profile(values: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields as they are stored. Raises invalid_input with every fault."""
    problems, codes = Problems(), known_codes()
    text_rules.unknown_fields(values, PROFILE, problems)
    clean: dict[str, Any] = {}
    for name, limit in (
        ("name", 120), ("name_en", 160), ("short_name", 40),
        ("contact_name", 60), ("contact_phone", 40),
    ):  # fmt: skip
        if name in values:
            clean[name] = text_rules.text(
                values[name], name, problems, limit=limit, is_line=True, is_required=name == "name"
            )
    if "kind" in values:
        clean["kind"] = text_rules.choice(
            values["kind"], "kind", problems, choices=OrganisationKind.values, is_required=True
        )
    if "credit_code" in values:
        clean["credit_code"] = clean_credit_code(values["credit_code"], "credit_code", problems)
    if "chains" in values:
        clean["chains"] = text_rules.choices_list(
            values["chains"], "chains", problems, choices=codes["chain"]
        )
    if "region" in values:
        clean["region"] = text_rules.choice(
            values["region"], "region", problems, choices=codes["region"]
        )
    if "about" in values:
        clean["about"] = text_rules.text(values["about"], "about", problems, limit=5000)
    if "contact_email" in values:
        clean["contact_email"] = text_rules.email(
            values["contact_email"], "contact_email", problems
        )
    problems.raise_if_any()
    return clean


def clean_credit_code(value: Any, field: str, problems: Problems) -> str:
    """Normalised, or blank. Code `invalid_credit_code` with `fault`: length, character or
    check_digit."""
    code = text_rules.text(value, field, problems, limit=60, is_line=True)
    if not code:
        return ""
    code = credit_codes.normalised(code)
    if fault := credit_codes.fault_of(code):
        problems.add(field, "invalid_credit_code", fault=fault.value)
        return ""
    return code


def clean_reason(reason: str, *, is_required: bool = False, field: str = "reason") -> str:
    """Raises invalid_input."""
    problems = Problems()
    reason = text_rules.text(reason, field, problems, limit=REASON_LIMIT, is_required=is_required)
    problems.raise_if_any()
    return reason


def save(organisation: Organisation, actor: Actor) -> None:
    """Raises duplicate_credit_code; staff are told whose code it is already."""
    check_credit_code_is_free(organisation.credit_code, actor, except_id=organisation.pk)
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        # Somebody else registered it between the check and now.
        raise _duplicate(organisation.credit_code, actor) from error


def check_credit_code_is_free(code: str, actor: Actor, *, except_id: UUID) -> None:
    """Raises duplicate_credit_code."""
    rows = Organisation.objects.filter(credit_code=code).exclude(pk=except_id)
    if code and rows.exists():
        raise _duplicate(code, actor)


def _duplicate(code: str, actor: Actor) -> DomainError:
    data: dict[str, Any] = {}
    if actor is None or is_staff(actor):
        (data["existing"],) = names_of(Organisation.objects.filter(credit_code=code)) or [None]
    return DomainError("duplicate_credit_code", **data)


def record(
    actor: Actor,
    action: str,
    organisation_id: UUID,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind="organisation",
        object_id=organisation_id,
        organisation_id=organisation_id,
        changes=changes,
        note=note,
    )
