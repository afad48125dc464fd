"""What a need takes beyond one answer: its kit (要素配齐) and a consortium (联合体)."""

from typing import Literal

from api.schemas.base import Output
from api.schemas.matching import Agreement, Reason, SuggestedEntry

Readiness = Literal["ready", "computing", "none_yet"]
BandName = Literal["strong", "good", "possible"]


class Asked(Output):
    """An indicator of the need."""

    name: str
    text: str


class Cover(Output):
    """What an offer says of an indicator that it meets, or meets in part."""

    name: str
    verdict: Literal["met", "partly"]
    need_text: str
    offer_text: str


class TeamMember(Output):
    other: SuggestedEntry
    band: BandName
    covers: list[Cover]


class ConsortiumAnswer(Output):
    status: Readiness
    outcome: Literal["no_musts", "single", "several", "partial", "none"]
    """`single`: one capability alone meets every must; `none`: nothing meets any."""
    musts: list[Asked]
    members: list[TeamMember]
    """The fewest that meet all that can be met, those first who meet most."""
    partly: list[Asked]
    """Musts that the members meet in part only."""
    uncovered: list[Asked]
    is_exact: bool
    """False where the search was cut short: fewer might do."""


class KitPart(Output):
    """What every part of a kit says of an offer; `band` is null for what no suggestion names."""

    other: SuggestedEntry
    band: BandName | None
    reasons: list[Reason]
    agreeing: list[Agreement]


class KitCapability(KitPart):
    covers: list[Cover]


class Measurement(Output):
    name: str
    need_text: str
    offer_text: str
    how: Literal["says", "method"]
    """`says`: the instrument names the quantity; `method`: its kind commonly measures it."""
    reaches: bool | None
    """Whether the value asked for lies within what the instrument covers; null: nobody says."""


class KitInstrument(KitPart):
    measures: list[Measurement]


class KitSkill(Output):
    skill: str
    sentence: str
    """Of the need."""


class KitPerson(KitPart):
    skills: list[KitSkill]


class Kit(Output):
    status: Readiness
    capabilities: list[KitCapability]
    instruments: list[KitInstrument]
    people: list[KitPerson]
    unmet: list[Asked]
    """Musts that no capability meets."""
    unmeasured: list[Asked]
    """Indicators that one would check with an instrument and for which none was found."""
