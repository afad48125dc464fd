"""What became of suggestions, by band, once introductions tell. Shown only from enough of them on.

Whoever brokers registers a provider; until then there is nothing to show, and nothing is made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

LEAST = 30
"""Introductions of a band, below which a share would say nothing."""


@dataclass(frozen=True, slots=True)
class BandOutcome:
    """Of so many introductions in a band, so many were signed."""

    introductions: int
    signed: int


class OutcomeProvider(Protocol):
    def __call__(self) -> Mapping[str, BandOutcome]:
        """By band, of all introductions made from a suggestion that are no longer under way."""
        ...


_providers: list[OutcomeProvider] = []


def register(provider: OutcomeProvider) -> None:
    """Called once, in `AppConfig.ready`; a second provider is a mistake in the wiring."""
    if _providers and _providers != [provider]:
        raise ValueError("outcomes have a provider already")
    _providers[:] = [provider]


def shown_outcomes() -> dict[str, BandOutcome]:
    """Those of the bands that have enough of them."""
    if not _providers:
        return {}
    found = _providers[0]()
    return {band: one for band, one in found.items() if one.introductions >= LEAST}
