"""The test bench runs as documented: on a folder of invented texts; without one it says so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench.matching import SECTIONS

ROOT = Path(__file__).resolve().parents[2]
NEEDS = [
    ("n1", "提高铜箔强度", "需要抗拉强度不低于400 MPa的铜箔，厚度公差≤0.008 mm。"),
    ("n2", "面粉厂麸皮利用", "希望把麸皮加工成膳食纤维，蛋白质含量不低于15%。"),
    ("n3", "岸桥远程操控", "码头岸桥需要远程操控，图像延迟小于80 ms。"),
]
OFFERS = [
    ("c1", "高强铜箔电解工艺", "铜箔抗拉强度420 MPa，厚度公差0.006 mm。"),
    ("c2", "麸皮膳食纤维提取", "用酶法从小麦麸皮提取膳食纤维。"),
    ("c3", "起重机远程控制系统", "岸桥远程操作，图像延迟60 ms。"),
    ("c4", "废水脱氮装置", "生物脱氮。"),
]


def run(*sections: str, data: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "CUOHE_EVAL_DATA"}
    if data is not None:
        environment["CUOHE_EVAL_DATA"] = data
    return subprocess.run(
        [sys.executable, "-m", "tools.bench.matching", *sections],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    folder = tmp_path / "matching"
    folder.mkdir()
    for name, rows in (("needs", NEEDS), ("capabilities", OFFERS)):
        lines = [json.dumps(dict(zip(("id", "title", "text"), row, strict=True))) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "qrels_dev.tsv").write_text("n1\tc1\t3\nn1\tc4\t0\nn2\tc2\t3\nn3\tc3\t2\n")
    titles = [json.dumps({"id": name, "title": title}) for name, title, _ in OFFERS]
    (folder / "expert_achievements_dev.jsonl").write_text("\n".join(titles), "utf-8")
    (folder / "expert_qrels_dev.tsv").write_text("n1\tc1\t3\nn1\tc2\t0\nn3\tc3\t2\nn3\tc4\t1\n")
    return tmp_path


def test_without_real_texts_it_says_so() -> None:
    done = run(data=None)
    assert done.returncode == 0
    assert "CUOHE_EVAL_DATA" in done.stdout


def test_a_folder_without_texts_and_an_unknown_section_are_refused(tmp_path: Path) -> None:
    assert run(data=str(tmp_path)).returncode == 2
    assert run("no_such_section", data=str(tmp_path)).returncode == 2


def test_every_section_but_the_peer_runs_on_any_folder_of_texts(invented: Path) -> None:
    from matching.benchmark import METHODS

    done = run(*(name for name in SECTIONS if name != "txtai"), data=str(invented))
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    for method in METHODS:
        # In both judged sets, four sets of twins at most, two of opposites, needs, experts.
        assert done.stdout.count(f"\n{method} ") >= 7, done.stdout
    assert "sides kept: 0 needs among the answers to 3 needs" in done.stdout


def test_the_document_names_every_section() -> None:
    text = (ROOT / "docs" / "matching.md").read_text("utf-8")
    assert [name for name in SECTIONS if f"| `{name}` |" not in text] == []
