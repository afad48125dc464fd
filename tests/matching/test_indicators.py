from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.indicators import claims_of, judge, judge_all
from matching.scoring import fact_features, score
from matching.sources import Facets, IndicatorLine
from park.core.levels import Level
from park.quantities import Verdict


def line(name: str, comparator: str, value: str, unit: str, must: bool = True) -> IndicatorLine:
    text = f"{name} {comparator} {value} {unit}"
    return IndicatorLine(name, text, Level.PUBLIC, 0, comparator, Decimal(value), None, unit, must)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("带材厚度公差不超过0.006mm", Verdict.MET),
        ("带材厚度公差可达8μm", Verdict.MET),
        ("带材厚度公差为0.08mm", Verdict.NOT_MET),
        ("带材厚度公差0.006~0.012mm", Verdict.PARTLY),
        ("带材厚度公差控制良好", Verdict.UNKNOWN),
        ("轧制速度300m/min", Verdict.UNKNOWN),
        ("炉温公差0.006mm，厚度公差0.09mm", Verdict.UNKNOWN),
    ],
)
def test_a_sentence_answers_an_indicator(sentence: str, verdict: Verdict) -> None:
    asked = line("厚度公差", "le", "0.008", "mm")
    found = judge(asked, claims_of([], [sentence]))
    assert found.verdict is verdict
    assert found.offer_text == (sentence if verdict is not Verdict.UNKNOWN else "")


def test_a_structured_claim_is_compared_in_base_units() -> None:
    asked, claimed = line("纯度", "ge", "99.9999", "%"), line("纯度", "ge", "0.999999", "")
    assert judge(asked, claims_of([claimed], [])).verdict is Verdict.UNKNOWN
    assert judge(asked, claims_of([line("纯度", "ge", "99.99995", "%")], [])).verdict is Verdict.MET
    assert judge(asked, claims_of([], ["产品纯度达到6N"])).verdict is Verdict.MET
    assert judge(asked, claims_of([], ["产品纯度达到5N"])).verdict is Verdict.NOT_MET


def test_a_violated_must_lowers_the_score_and_an_unknown_one_does_not() -> None:
    text = {"title": 0.5, "text": 0.5, "title_in_text": 0.5, "words": 0.3}
    asked = line("厚度公差", "le", "0.008", "mm")

    def scored(*sentences: str) -> float:
        judgements = judge_all([asked], claims_of([], sentences))
        return score({**text, **fact_features(Facets(), Facets(), judgements)})

    assert scored("厚度公差0.08mm") < scored("没有数字") < scored("厚度公差0.006mm")
    assert scored("没有数字") == score(text)


known = st.floats(-1, 1, allow_nan=False)


@given(st.dictionaries(st.sampled_from(["chain", "budget", "maturity", "region"]), known))
def test_unknown_facts_change_nothing(facts: dict[str, float]) -> None:
    text = {"title": 0.4, "text": 0.6, "title_in_text": None, "words": 0.2}
    missing = {
        name: None for name in ("chain", "budget", "maturity", "region") if name not in facts
    }
    assert score({**text, **facts}) == score({**text, **facts, **missing})
