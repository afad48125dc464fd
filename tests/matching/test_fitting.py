"""Weights from judged pairs, pure and at a site."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from matching import ranker
from matching.fitting import Group, fit, leave_one_out, measure
from matching.models import RankerFit
from matching.scoring import TYPICAL, Features, band, score
from matching.weights import from_json, packaged

NAMES = list(packaged().text)


def features(**values: float) -> Features:
    return {**dict.fromkeys([*NAMES, "common", *packaged().facts, "musts"]), **values}


def words_decide(needs: int = 12) -> list[Group]:
    """Needs whose relevant offer is told from the others by words alone, against the titles."""
    groups = []
    for number in range(needs):
        tilt = 0.01 * (number % 5)
        found = {
            f"o{place}": features(
                title=0.5 + 0.05 * place, text=0.5, words=0.6 - tilt if place == 0 else 0.2
            )
            for place in range(6)
        }
        groups.append(Group(f"n{number}", found, {f"o{p}": 3 if p == 0 else 0 for p in range(6)}))
    return groups


def test_what_decides_gains_weight_and_ranks_needs_that_it_was_not_fitted_on() -> None:
    before = replace(packaged(), text={**packaged().text, "words": 0.01})
    groups = words_decide()
    assert measure(groups, before) < 0.6
    fitted = fit(groups, before, version="one")
    assert fitted.version == "one"
    assert fitted.text["words"] > before.text["words"]
    assert fitted.text["title"] < before.text["title"]
    assert leave_one_out(groups, before, strength=1.0) == pytest.approx(1)


def test_nothing_counts_the_wrong_way_and_facts_nobody_knows_keep_their_prior() -> None:
    fitted = fit(words_decide(), packaged(), strength=10.0)
    assert min(fitted.text.values()) >= 0
    assert fitted.facts == packaged().facts
    assert fitted.bands == packaged().bands


def test_a_fact_is_fitted_once_enough_pairs_tell_of_it() -> None:
    groups = [
        Group(
            f"n{number}",
            {
                "near": features(title=0.6, text=0.6, words=0.3, region=1.0),
                "far": features(title=0.6, text=0.6, words=0.3, region=0.0),
            },
            {"near": 2, "far": 0},
        )
        for number in range(20)
    ]
    assert fit(groups, packaged()).facts["region"] > packaged().facts["region"]
    assert fit(groups[:10], packaged()).facts["region"] == packaged().facts["region"]


def test_without_anything_judged_the_weights_stay() -> None:
    alike = Group("n", {"a": features(title=1.0), "b": features(title=0.0)}, {"a": 0, "b": 0})
    assert fit([alike], packaged()) == packaged()


@given(st.floats(-1, 2), st.floats(-1, 0.999))
def test_a_violated_must_never_makes_more_than_possible(text: float, musts: float) -> None:
    violated = features(title=text, text=text, words=text, musts=min(musts, -0.01))
    value = score(violated)
    assert band(value) in ("possible", None)
    assert value <= score({**violated, "musts": 0.0})


def test_what_resembles_everything_scores_lower_and_the_usual_as_before() -> None:
    alone = score(features(title=0.7, text=0.7))
    assert score(features(title=0.7, text=0.7, common=TYPICAL)) == pytest.approx(alone)
    assert score(features(title=0.7, text=0.7, common=TYPICAL + 0.2)) < alone


def test_weights_survive_being_stored() -> None:
    assert from_json(json.loads(json.dumps(packaged().as_json()))) == packaged()


# --- at a site ---


@pytest.fixture(autouse=True)
def _fresh_weights() -> None:
    ranker.forget_weights()


@pytest.mark.django_db
def test_a_fit_that_does_not_fall_is_taken_and_serves() -> None:
    made = ranker.fit_ranker({"files": words_decide()})
    assert made.is_taken
    assert made.measured["files"]["after"] >= made.measured["files"]["before"]
    assert ranker.current_weights().version == made.version
    ranker.forget_weights()


@pytest.mark.django_db
def test_a_fit_that_falls_is_kept_and_serves_nobody() -> None:
    # Nine needs, all in order already, teach that words decide; the tenth is then out of order.
    groups = [
        Group(
            f"n{number}",
            {"a": features(title=0.6, words=0.9), "b": features(title=0.9, words=0.2)},
            {"a": 3, "b": 0},
        )
        for number in range(9)
    ]
    narrow = {"a": features(title=0.9, words=0.2), "b": features(title=0.6, words=0.3999)}
    groups.append(Group("n9", narrow, {"a": 3, "b": 0}))
    assert measure(groups, packaged()) == pytest.approx(1)
    before = ranker.current_weights().version
    made = ranker.fit_ranker({"files": groups, "feedback": []})
    assert made.measured["files"]["after"] < made.measured["files"]["before"]
    assert not made.is_taken
    assert ranker.current_weights().version == before
    assert RankerFit.objects.get().measured.keys() == {"files"}


@pytest.mark.django_db
def test_without_a_word_from_anybody_there_is_evaluation_empty() -> None:
    with pytest.raises(CommandError, match="evaluation_empty"):
        call_command("fit_ranker")
    with pytest.raises(CommandError, match="belong together"):
        call_command("fit_ranker", needs=Path("n.jsonl"))
    assert not RankerFit.objects.exists()


@pytest.mark.django_db
def test_the_command_prints_before_and_after(tmp_path: Path) -> None:
    rows = [("铜箔表面缺陷在线检测", "轧机出口检测铜箔针孔"), ("面粉灰分控制", "小麦制粉灰分波动")]
    offers = [
        ("铜箔缺陷视觉检测系统", "线阵相机检测铜箔"),
        ("制粉灰分在线仪", "近红外测小麦粉灰分"),
    ]
    for name, given_rows in (("n", rows), ("c", offers)):
        lines = [
            json.dumps({"id": f"{name}{at}", "title": title, "text": text}, ensure_ascii=False)
            for at, (title, text) in enumerate(given_rows)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "q.tsv").write_text("n0\tc0\t3\nn0\tc1\t0\nn1\tc1\t3\nn1\tc0\t0\n")
    out = StringIO()
    call_command(
        "fit_ranker",
        "--json",
        needs=tmp_path / "n.jsonl",
        capabilities=tmp_path / "c.jsonl",
        qrels=tmp_path / "q.tsv",
        stdout=out,
    )
    result = json.loads(out.getvalue())
    assert result["measured"]["files"] == {"needs": 2, "before": 1.0, "after": 1.0}
    assert result["is_taken"]
    assert result["judged"] == 4
    ranker.forget_weights()
