"""Writes the audit trail: who changed what, with the old and the new value."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from park.core.models import AuditEntry


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """{field: {"old", "new"}} of the fields of `new` that differ; values as JSON knows them."""
    plain = json.loads(json.dumps([dict(old), dict(new)], cls=DjangoJSONEncoder))
    return {
        field: {"old": plain[0].get(field), "new": value}
        for field, value in plain[1].items()
        if plain[0].get(field) != value
    }


def record(
    *,
    actor: Any,
    action: str,
    kind: str,
    object_id: UUID,
    organisation_id: UUID | None = None,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Add one entry. `actor` is a user, or None for the system itself."""
    return AuditEntry.objects.create(
        actor=actor,
        actor_name="" if actor is None else actor.get_username(),
        action=action,
        object_kind=kind,
        object_id=object_id,
        organisation_id=organisation_id,
        changes=dict(changes or {}),
        note=note,
    )


def record_many(
    *,
    actor: Any,
    action: str,
    kind: str,
    entries: Iterable[tuple[UUID, UUID | None, Mapping[str, Any]]],
    note: str = "",
) -> None:
    """One action on many records, as (object id, organisation id, changes): one entry for each."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=actor,
            actor_name="" if actor is None else actor.get_username(),
            action=action,
            object_kind=kind,
            object_id=object_id,
            organisation_id=organisation_id,
            changes=dict(changes),
            note=note,
        )
        for object_id, organisation_id, changes in entries
    )
