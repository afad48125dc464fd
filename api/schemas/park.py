"""Health, vocabularies and figures."""

from typing import Literal

from api.schemas.base import Output

Condition = Literal["ok", "down"]


class Health(Output):
    status: Literal["ok", "degraded", "down"]
    database: Condition
    broker: Condition
    worker: Condition
    """The matching worker; without it search falls back to words."""
    mail: Condition
    """Down while a mail waits that could not be sent several times; none is lost."""


class TermRow(Output):
    code: str
    name_zh: str
    name_en: str


class Vocabularies(Output):
    chains: list[TermRow]
    key_areas: list[TermRow]
    regions: list[TermRow]
    need_kinds: list[TermRow]
    capability_kinds: list[TermRow]
    ip_stances: list[TermRow]
    comparators: list[TermRow]
    service_modes: list[TermRow]
    skill_levels: list[TermRow]
    engagements: list[TermRow]
    closing_reasons: list[TermRow]
    organisation_kinds: list[TermRow]
    membership_roles: list[TermRow]
    staff_roles: list[TermRow]
    growth_facts: list[TermRow]


class Figures(Output):
    """How many are published, and how many suggestions stand between them."""

    needs: int
    capabilities: int
    instruments: int
    people: int
    organisations: int
    suggestions: int
