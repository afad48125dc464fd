"""The claims of the offers found for a draft, and what if it asked otherwise. In JSON, for a worker
or, when none answers, for the web itself: no model takes part."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from matching.drafts.what_if import what_if
from matching.item_facts import claims_by_item, indicator_from_json
from matching.models import Item

MAX_OFFERS = 40
MAX_LINES = 12
"""Somebody waits for it."""


def answer(item_ids: Sequence[UUID], lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """{offers, indicators: [{ordinal, met, speaking, steps: [{value, value_max, count}]}]} of the
    lines with a number."""
    rows = Item.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()),
        pk__in=item_ids,
        is_searchable=True,
    )
    claims = claims_by_item(list(rows))
    told = []
    for row in lines:
        line = indicator_from_json(row)
        found = what_if(line, list(claims.values())) if len(told) < MAX_LINES else None
        if found is not None:
            told.append(
                {
                    "ordinal": line.ordinal,
                    "met": found.met,
                    "speaking": found.speaking,
                    "steps": [
                        {
                            "value": str(step.value),
                            "value_max": None if step.value_max is None else str(step.value_max),
                            "count": step.count,
                        }
                        for step in found.steps
                    ],
                }
            )
    return {"offers": len(claims), "indicators": told}
