"""How good the model and the ranking are on real texts, which stay where CUOHE_EVAL_DATA says."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from matching import encoder

DATA = Path(os.environ.get("CUOHE_EVAL_DATA", ""))
with_data = pytest.mark.skipif(
    not os.environ.get("CUOHE_EVAL_DATA"), reason="CUOHE_EVAL_DATA names no folder of real texts"
)


@with_data
def test_the_packaged_model_is_as_good_as_it_was_measured() -> None:
    from scipy.stats import spearmanr

    rows = [
        line.split("\t")
        for line in (DATA / "sts" / "STSB.test.tsv").read_text("utf-8").splitlines()
        if line.strip()
    ]
    loaded = encoder.get_encoder()
    left = loaded.encode_queries([row[0] for row in rows])
    right = loaded.encode_queries([row[1] for row in rows])
    found = spearmanr((left * right).sum(axis=1), [float(row[2]) for row in rows])
    assert found.statistic >= 0.770  # type: ignore[attr-defined]


@with_data
def test_the_ranking_of_real_needs_reaches_its_aim(capsys: pytest.CaptureFixture[str]) -> None:
    folder = DATA / "matching"
    call_command(
        "evaluate_matching",
        "--json",
        needs=folder / "needs.jsonl",
        capabilities=folder / "capabilities.jsonl",
        qrels=folder / "qrels_dev.tsv",
    )
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) == {"bm25", "dense", "hybrid", "full"}
    assert figures["hybrid"]["ndcg@10"] >= 0.74
    assert figures["full"]["ndcg@10"] >= 0.77
    assert (
        figures["full"]["ndcg@10"]
        > figures["hybrid"]["ndcg@10"]
        > max(figures[m]["ndcg@10"] for m in ("bm25", "dense"))
    )


def write(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_files_are_ranked_and_nothing_is_left_in_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # No database mark: a query would fail the test.
    needs = write(tmp_path / "n.jsonl", {"id": "n1", "title": "铜提纯到6N", "text": "电解精炼。"})
    capabilities = write(
        tmp_path / "c.jsonl",
        {"id": "c1", "title": "高纯铜电解精炼", "text": "6N铜。"},
        {"id": "c2", "title": "面粉加工", "text": ""},
    )
    qrels = tmp_path / "q.tsv"
    qrels.write_text("need_id\tcapability_id\tgrade\nn1\tc1\t3\nn1\tc2\t0\n")
    call_command("evaluate_matching", "--json", needs=needs, capabilities=capabilities, qrels=qrels)
    figures = json.loads(capsys.readouterr().out)
    assert figures["hybrid"]["ndcg@10"] == pytest.approx(1)
    assert figures["hybrid"]["judged@10"] == pytest.approx(1)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "n1"}\n')
    qrels = tmp_path / "q.tsv"
    qrels.write_text("n1\tc1\t3\n")
    with pytest.raises(CommandError, match="file_unreadable"):
        call_command("evaluate_matching", needs=bad, capabilities=bad, qrels=qrels)


def test_both_runtimes_give_the_same_vectors() -> None:
    fast = encoder.get_encoder()
    plain = encoder.load_encoder("", plain=True)
    texts = ["6N超高纯铜电解精炼", "港口岸桥远程操控。" * 20, ""]
    cosines = (fast.encode_passages(texts) * plain.encode_passages(texts)).sum(axis=1)
    assert cosines.min() > 0.999
    assert fast.model_id == plain.model_id


def test_another_name_of_the_models_folder_costs_no_second_compilation(
    tmp_path: Path, settings: Any
) -> None:
    models = (Path(settings.DATA_DIR) / "models").resolve()

    def compiled() -> set[Path]:
        return set(models.glob("*/compiled/*"))

    encoder.load_encoder("").encode_queries(["铜"])
    known = compiled()
    assert known
    (tmp_path / "models").symlink_to(models)
    settings.DATA_DIR = tmp_path
    encoder.load_encoder("").encode_queries(["铜"])
    assert compiled() == known
