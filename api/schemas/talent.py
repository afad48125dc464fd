"""Talent cards. Contact data and the full name leave only for the holder, their firm and staff."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import Code, Input, OrganisationRef, Output, Version, choice
from talent.models import Engagement, SkillLevel


class SkillIn(Input):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    years: Annotated[int, Field(ge=0, le=80)] | None = None


class CardContentIn(Input):
    full_name: Annotated[str, Field(max_length=60)] = ""
    headline: Annotated[str, Field(max_length=120)] = ""
    title: Annotated[str, Field(max_length=80)] = ""
    skill_level: choice(SkillLevel.values) = ""  # type: ignore[valid-type]
    about: Annotated[str, Field(max_length=8000)] = ""
    chains: Annotated[list[Code], Field(max_length=20)] = []
    region: Code = ""
    open_to: Annotated[
        list[choice(Engagement.values, is_blank_allowed=False)],  # type: ignore[misc]
        Field(max_length=10),
    ] = []
    contact_phone: Annotated[str, Field(max_length=40)] = ""
    contact_email: Annotated[str, Field(max_length=120)] = ""
    skills: Annotated[list[SkillIn], Field(max_length=50)] = []


class NewCard(Input):
    organisation_id: UUID | None = None
    content: CardContentIn


class CardEdit(Input):
    version: Version
    content: CardContentIn


class SkillOut(Output):
    name: str
    years: int | None


class CardContent(Output):
    full_name: str | None
    masked_name: str
    headline: str
    title: str
    skill_level: str
    about: str
    chains: list[str]
    region: str
    open_to: list[str]
    contact_phone: str | None
    contact_email: str | None
    skills: list[SkillOut]


class TalentCard(Output):
    id: UUID
    organisation: OrganisationRef | None
    status: str
    version: int
    content: CardContent
    is_example: bool
    published_at: datetime | None
    allowed_actions: list[str]


class TalentCardRow(Output):
    id: UUID
    masked_name: str
    headline: str
    title: str
    skill_level: str
    chains: list[str]
    region: str
    skills: list[str]
    organisation: OrganisationRef | None
    status: str
    is_example: bool
    published_at: datetime | None


class CardFilters(Input):
    q: Annotated[str, Field(max_length=200)] = ""
    chain: Code = ""
    region: Code = ""
    skill_level: choice(SkillLevel.values) = ""  # type: ignore[valid-type]
    mine: bool = False
