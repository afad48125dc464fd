"""The vocabularies' first words, put back after tests that empty every table."""

from importlib import import_module
from typing import Any

from park.vocabularies.models import Term

_seeds = import_module("park.vocabularies.migrations.0002_seed_terms")


def seed_vocabularies(**signal: Any) -> None:
    """What the data migration wrote, unless it is there. Also a receiver of `post_migrate`."""
    Term.objects.bulk_create(_seeds.terms(Term), ignore_conflicts=True)
