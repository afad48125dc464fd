"""Beyond the pair: what the stored suggestions of one need say together, and what they leave open.

Read by the web from PostgreSQL; the deciding is in `consortium` and `kit`, which are pure. Which of
the offers a reader may see is the caller's question, so that nobody is counted who is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from matching.consortium import Candidate, find_consortium
from matching.index.protocol import Filter, Role
from matching.item_facts import claims_by_item, indicators_of
from matching.kit import (
    Measured,
    SkillMatch,
    is_measurable,
    measured_by,
    method_words,
    skills_in,
)
from matching.lexical import count
from matching.lexicon import PostgresLexicon
from matching.models import ANSWERING, Item, MatchSuggestion, Passage
from matching.sources import VISITOR, IndicatorLine
from park.core.levels import Level

MOST_OFFERS = 60
"""Of one kind that are looked at, the best first."""
BY_WORDS = 20
"""Instruments looked at for one indicator because they speak of it."""


Outcome = Literal["no_musts", "single", "several", "partial", "none"]
Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of which a need's suggestions speak, or which was found by what it measures."""

    kind: str
    object_id: UUID
    organisation_id: UUID | None
    item_id: UUID
    band: str | None = None
    """None: no suggestion, its text alone would not have said enough."""
    score: float = 0.0
    reasons: list[dict[str, Any]] = field(default_factory=list)
    agreeing: list[dict[str, Any]] = field(default_factory=list)
    """[{need, offer, strength}]."""
    indicators: list[dict[str, Any]] = field(default_factory=list)
    """[{name, verdict, must, need_text, offer_text}]."""

    @property
    def key(self) -> Key:
        return self.kind, self.object_id


@dataclass(frozen=True, slots=True)
class Must:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Cover:
    """That an offer meets an indicator (verdict met or partly), with what it says of it."""

    name: str
    verdict: str
    need_text: str
    offer_text: str


@dataclass(frozen=True, slots=True)
class Member:
    offer: Offer
    covers: list[Cover]
    """The musts that it meets or meets in part."""


@dataclass(frozen=True, slots=True)
class Team:
    outcome: Outcome
    musts: list[Must]
    members: list[Member]
    partly: list[Must]
    """Musts that somebody of the team meets in part only."""
    uncovered: list[Must]
    is_exact: bool


def need_item(object_id: UUID, kind: str = "need") -> Item | None:
    return Item.objects.filter(kind=kind, object_id=object_id, is_searchable=True).first()


def offers_for(need: Item, kinds: Sequence[str]) -> list[Offer]:
    """Those of the need's suggestions that are current, the best first."""
    found: list[Offer] = []
    for kind in kinds:
        rows = MatchSuggestion.objects.filter(
            Q(offer_item__expires_on__isnull=True)
            | Q(offer_item__expires_on__gte=timezone.localdate()),
            need_item=need,
            offer_item__is_searchable=True,
            offer_item__kind=kind,
        )
        found += [
            _offer(row)
            for row in rows.select_related("offer_item").order_by("-score", "id")[:MOST_OFFERS]
        ]
    return found


def _offer(row: MatchSuggestion) -> Offer:
    item, stored = row.offer_item, row.reasons
    return Offer(
        kind=item.kind,
        object_id=item.object_id,
        organisation_id=item.organisation_id,
        item_id=item.pk,
        band=row.band,
        score=row.score,
        reasons=stored["reasons"],
        agreeing=stored["agreeing"],
        indicators=[
            {
                "name": one["name"],
                "verdict": one["verdict"],
                "must": one["must"],
                "need_text": one["need"]["text"],
                "offer_text": one["offer"]["text"] if one["offer"] else "",
            }
            for one in stored["indicators"]
        ],
    )


# --- the consortium ---


def team_of(need: Item, offers: Sequence[Offer]) -> Team:
    """The smallest set of the offers that together meet the need's musts. Only those that answer
    it take part: a number that fits is no reason to team up with somebody of another trade."""
    musts = musts_of(need, offers)
    numbers = {must: number for number, must in enumerate(musts)}
    answers = [one for one in offers if one.band in ANSWERING]
    by_key = {_text_key(one): one for one in answers}
    found = find_consortium(
        len(musts),
        [
            Candidate(
                _text_key(one),
                one.organisation_id,
                one.score,
                _numbers(one, numbers, "met"),
                _numbers(one, numbers, "partly"),
            )
            for one in answers
        ],
    )
    members = [
        Member(by_key[one.key], covers_of(by_key[one.key], musts_only=True))
        for one in found.members
    ]
    open_ones = [musts[number] for number in sorted(found.uncovered)]
    partly = [musts[number] for number in sorted(found.partly)]
    return Team(
        outcome=_outcome(musts, members, open_ones),
        musts=musts,
        members=members,
        partly=partly,
        uncovered=[must for must in open_ones if must not in partly],
        is_exact=found.is_exact,
    )


def musts_of(need: Item, offers: Sequence[Offer]) -> list[Must]:
    """Those of its public lines, and those that only its suggestions know: read from its text."""
    musts = [Must(line.name, line.text) for line in indicators_of(need) if line.must]
    for offer in offers:
        musts += [
            Must(one["name"], one["need_text"]) for one in offer.indicators if one.get("must")
        ]
    return list(dict.fromkeys(musts))


def covers_of(offer: Offer, *, musts_only: bool = False) -> list[Cover]:
    return [
        Cover(one["name"], one["verdict"], one["need_text"], one["offer_text"])
        for one in offer.indicators
        if one["verdict"] in ("met", "partly") and (one.get("must") or not musts_only)
    ]


def _numbers(offer: Offer, numbers: dict[Must, int], verdict: str) -> frozenset[int]:
    return frozenset(
        numbers[Must(one["name"], one["need_text"])]
        for one in offer.indicators
        if one.get("must") and one["verdict"] == verdict
    )


def _text_key(offer: Offer) -> str:
    return f"{offer.kind}:{offer.object_id}"


def _outcome(
    musts: Sequence[Must], members: Sequence[Member], open_ones: Sequence[Must]
) -> Outcome:
    if not musts:
        return "no_musts"
    if not members:
        return "none"
    if open_ones:
        return "partial"
    return "single" if len(members) == 1 else "several"


# --- the kit ---


@dataclass(frozen=True, slots=True)
class Measurer:
    """An instrument and what of the need it measures."""

    offer: Offer
    measured: list[tuple[IndicatorLine, Measured]]


@dataclass(frozen=True, slots=True)
class Skilled:
    """A person and the skills that the need speaks of."""

    offer: Offer
    skills: list[SkillMatch]


def measurers_for(need: Item, offers: Sequence[Offer], kind: str) -> list[Measurer]:
    """Offers of the kind that measure something the need asks for, and the suggested ones; those
    that measure most first. Found by what they say of the indicators, not only by their topic."""
    asked = indicators_of(need)
    known = {one.item_id: one for one in offers if one.kind == kind}
    items = {item.pk: item for item in Item.objects.filter(pk__in=known)}
    for item in _speaking_of(asked, kind):
        items.setdefault(item.pk, item)
    claims = claims_by_item(list(items.values()))
    found = []
    for item in items.values():
        offer = known.get(item.pk) or Offer(
            item.kind, item.object_id, item.organisation_id, item.pk
        )
        said = measured_by(asked, item.title, claims[item.pk])
        measured = [(asked[one.position], one) for one in said]
        if measured or offer.band:
            found.append(Measurer(offer, measured))
    return sorted(
        found,
        key=lambda one: (
            -sum(_worth(said) for _, said in one.measured),
            -one.offer.score,
            str(one.offer.object_id),
        ),
    )


def _worth(said: Measured) -> float:
    """Whoever names the quantity is surer than whoever is of the kind, and both must reach."""
    sure = 2.0 if said.how == "says" else 1.0
    return sure if said.reaches is None else sure * (1.5 if said.reaches else 0.25)


def _speaking_of(asked: Sequence[IndicatorLine], kind: str) -> list[Item]:
    """Also those of the need's own firm: a kit is no match, and what one has need not be booked
    elsewhere."""
    lexicon = PostgresLexicon(Filter(viewer=VISITOR, kinds=frozenset({kind})))
    ids: dict[UUID, None] = {}
    named = Q(pk__in=[])
    for line in asked:
        if is_measurable(line):
            documents = lexicon.candidates(list(count([line.name])), BY_WORDS)
            ids.update(dict.fromkeys(document.item_id for document in documents))
            for word in method_words(line.name):
                named |= Q(title__icontains=word)
    current = Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate())
    rows = Item.objects.filter(current, named | Q(pk__in=ids), kind=kind, is_searchable=True)
    return list(rows.order_by("pk")[:MOST_OFFERS])


def unmeasured(need: Item, measurers: Sequence[Measurer]) -> list[Must]:
    """Indicators that one would check with an instrument, and that none of these measures."""
    measured = {line.ordinal for one in measurers for line, _ in one.measured}
    return [
        Must(line.name, line.text)
        for line in indicators_of(need)
        if is_measurable(line) and line.ordinal not in measured
    ]


def skilled_for(need: Item, offers: Sequence[Offer], kind: str) -> list[Skilled]:
    """The suggested people with those of their skills that the need speaks of."""
    people = [one for one in offers if one.kind == kind]
    rows = Passage.objects.filter(role=Role.SENTENCE, level=Level.PUBLIC)
    texts = rows.filter(item=need).order_by("ordinal").values_list("text", flat=True)
    sentences = [need.title, *texts]
    skills: dict[UUID, list[str]] = {}
    for item_id, text in (
        rows.filter(item__in=[one.item_id for one in people], field="skill")
        .order_by("item_id", "ordinal")
        .values_list("item_id", "text")
    ):
        skills.setdefault(item_id, []).append(text)
    return [Skilled(one, skills_in(skills.get(one.item_id, []), sentences)) for one in people]
