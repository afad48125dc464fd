"""The 348 real needs and 2 000 real capabilities, whole: imported, published, matched.

The texts stay where CUOHE_EVAL_DATA says; without it this does not run, and the summary says so.
"""

import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from market.listings.models import Capability, Need
from matching.engine import suggest_for
from matching.models import Item, MatchSuggestion
from matching.tasks import drain
from park.core.models import OutboxEvent
from park.imports.models import ImportJob, ImportRow
from tests.factories import OrganisationFactory

DATA = Path(os.environ.get("CUOHE_EVAL_DATA", "")) / "matching"

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("CUOHE_EVAL_DATA"), reason="CUOHE_EVAL_DATA names no real texts"
    ),
    pytest.mark.xdist_group("real_lists"),
    pytest.mark.longest,
]


def texts_of(name: str) -> list[tuple[str, str]]:
    lines = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return sorted((" ".join(row["title"].split()), plain(row["text"])) for row in rows)


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def import_both() -> None:
    """Two organisations: nobody is offered what is their own."""
    for kind, name, organisation in (
        ("need", "needs", "示例园区"),
        ("capability", "capabilities", "示例高校"),
    ):
        call_command(
            "import_listings",
            str(DATA / f"{name}.jsonl"),
            kind=kind,
            organisation=organisation,
            publish=True,
            verbosity=0,
        )


@pytest.mark.django_db
def test_real_lists_are_imported_published_and_matched_whole() -> None:
    for name in ("示例园区", "示例高校"):
        OrganisationFactory(name=name)
    import_both()
    needs = Need.objects.filter(status="published")
    assert (needs.count(), Capability.objects.filter(status="published").count()) == (348, 2000)
    # Of every row the words are there as they were, and what the list does not say is unknown.
    assert not ImportRow.objects.filter(outcome="bad").exists()
    assert sorted(needs.values_list("title", "problem")) == texts_of("needs")
    assert not needs.exclude(kind="", due_on=None, budget_max=None).exists()
    assert not Capability.objects.filter(source_note="").exists()
    assert drain() == 2348
    assert not OutboxEvent.objects.filter(processed_at=None, topic="item.changed").exists()
    items = Item.objects.filter(kind="need", is_searchable=True)
    listed = MatchSuggestion.objects.filter(is_in_need_top=True).values("need_item")
    assert items.count() == 348
    assert not items.filter(passages=None).exists()
    # Nothing is suggested for the few to which nothing in the list comes near enough.
    without = list(items.exclude(pk__in=listed))
    assert len(without) <= 10
    assert [suggest_for(item) for item in without] == [[]] * len(without)
    import_both()
    last_two = ImportJob.objects.order_by("-id")[:2]
    assert [job.counts for job in last_two] == [{"unchanged": 2000}, {"unchanged": 348}]
    assert (Need.objects.count(), Capability.objects.count()) == (348, 2000)
