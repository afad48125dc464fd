"""Health, vocabularies, figures and organisations."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Code, Input, Output, choice
from park.organisations.models import OrganisationKind

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


class Figures(Output):
    """How many are published, and how many suggestions stand between them."""

    needs: int
    capabilities: int
    instruments: int
    people: int
    organisations: int
    suggestions: int


class OrganisationRow(Output):
    id: UUID
    name: str
    name_en: str
    short_name: str
    kind: str
    chains: list[str]
    region: str
    about: str
    is_example: bool


class OrganisationFilters(Input):
    q: Annotated[str, Field(max_length=120)] = ""
    """Part of the name."""
    kind: choice(OrganisationKind.values) = ""  # type: ignore[valid-type]
    chain: Code = ""
    region: Code = ""
