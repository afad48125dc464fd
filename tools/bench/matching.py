"""The public test bench of matching: rankings against judged pairs, hard negatives, txtai.

`make bench-matching`, or `python -m tools.bench.matching [section …]`. The texts stay where
CUOHE_EVAL_DATA says (docs/matching.md); the figures of the reader of numbers are
`make bench-quantities`.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LABELS = ROOT / "tools" / "labels"
SECTIONS = {
    "quality": "rankings of the development set against judged pairs",
    "experts": "each need's own list, judged by technology-transfer staff",
    "violated": "twins of real needs with one number changed so that a must fails",
    "opposites": "twins of real needs with one word turned round",
    "look_alikes": "other needs among the offers",
    "txtai": "the same files and model in txtai",
}
TOP = 3
BEYOND = 101
"""The rank of what is not among the first hundred."""
AIMS = {
    ("quality", "hybrid"): 0.76,
    ("quality", "full"): 0.80,
    ("experts", "full"): 0.70,
}
MOST_VIOLATION = 0.5
"""Of dense's must-violation rate, the most that the whole score may have."""

Row = dict[str, Any]
Rankings = Mapping[str, Mapping[str, Sequence[str]]]
"""{method: {need: offers, best first}}"""
Qrels = dict[str, dict[str, int]]


def main() -> int:
    chosen = sys.argv[1:] or list(SECTIONS)
    unknown = [name for name in chosen if name not in SECTIONS]
    if unknown:
        print(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
        return 2
    configured = os.environ.get("CUOHE_EVAL_DATA")
    if not configured:
        print("nothing measured: CUOHE_EVAL_DATA does not name the folder of real texts")
        return 0
    folder = Path(configured)
    if not (folder / "matching" / "needs.jsonl").is_file():
        print(f"CUOHE_EVAL_DATA: {folder} has no matching/needs.jsonl")
        return 2
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    bench = Bench(folder / "matching")
    for name in chosen:
        print(f"\n== {name}: {SECTIONS[name]}", flush=True)
        getattr(bench, name)()
    for line in bench.missed:
        print(f"short of its aim: {line}")
    return 1 if bench.missed else 0


class Bench:
    """One run: the files, the model, and what fell short."""

    def __init__(self, folder: Path) -> None:
        from django.conf import settings

        from matching.benchmark import read_qrels
        from matching.encoder import get_encoder

        self.folder = folder
        self.data_folder = Path(settings.DATA_DIR)
        self.cache = self.data_folder / "models" / "evaluation"
        self.encoder = get_encoder()
        self.needs = read_rows(folder / "needs.jsonl")
        self.capabilities = read_rows(folder / "capabilities.jsonl")
        self.qrels = read_qrels(folder / "qrels_dev.tsv")
        self.both: Qrels = defaultdict(dict)
        more = [read_qrels(path) for path in sorted(LABELS.glob("qrels_*_dev.tsv"))]
        known = {row["id"] for row in self.needs}
        for qrels in (self.qrels, *more):
            for need, grades in qrels.items():
                if need in known:
                    self.both[need].update(grades)
        self.missed: list[str] = []
        self._rankings: Rankings | None = None

    # --- the sections ---

    def quality(self) -> None:
        for name, qrels in (("qrels_dev.tsv", self.qrels), ("with tools/labels", self.both)):
            rankings = self.rankings()
            show_quality(name, rankings, qrels)
            show_differences(rankings, qrels)
            if qrels is self.qrels:
                self._aim("quality", rankings, qrels)

    def experts(self) -> None:
        from matching.benchmark import read_qrels, rerank_files

        lists = read_qrels(self.folder / "expert_qrels_dev.tsv")
        needs = [row for row in self.needs if row["id"] in lists]
        offers = read_rows(self.folder / "expert_achievements_dev.jsonl")
        with entries(needs, offers) as (asked, offered):
            rankings = self._call(
                rerank_files,
                {need: sorted(grades) for need, grades in lists.items()},
                asked,
                offered,
            )
        show_quality("expert_qrels_dev.tsv", rankings, lists)
        show_differences(rankings, lists)
        self._aim("experts", rankings, lists)

    def violated(self) -> None:
        from tools.bench.hard_negatives import WORDINGS, demands, labelled_demands, violated_twins

        labels = read_labels()
        readers: dict[str, Callable[[Row], Any]] = {
            "numbers found by park.quantities": lambda row: demands(row["text"]),
            "numbers marked by hand": lambda row: labelled_demands(row["text"], labels[row["id"]]),
        }
        for source, find in readers.items():
            found = {row["id"]: find(row) for row in self.needs}
            for wording in WORDINGS:
                twins = [
                    violated_twins(row["id"], row["title"], row["text"], found[row["id"]], wording)
                    for row in self.needs
                ]
                rates = self._twins(f"{source}, {wording}", [one for one in twins if one])
                most = MOST_VIOLATION * rates["dense"]
                if "full" in rates and rates["full"] > most:
                    self.missed.append(
                        f"must-violation rate {rates['full']:.3f} of full, at most {most:.3f}"
                        f" ({source}, {wording})"
                    )

    def opposites(self) -> None:
        from tools.bench.hard_negatives import OPPOSITE_WORDINGS, opposite_twins

        for wording in OPPOSITE_WORDINGS:
            twins = [
                opposite_twins(row["id"], row["title"], row["text"], wording) for row in self.needs
            ]
            self._twins(f"titles with a word to turn, {wording}", [one for one in twins if one])

    def look_alikes(self) -> None:
        from tools.bench.look_alikes import needs_among_candidates

        judged = {need for need, grades in self.both.items() if max(grades.values()) >= 2}
        asked_rows = [row for row in self.needs if row["id"] in judged]
        with entries(asked_rows, self.capabilities + self.needs) as (asked, mixed):
            sides = {row["id"] for row in self.needs}
            count = needs_among_candidates(asked, mixed, sides, self.encoder, self.cache, progress)
            print(f"sides kept: {count} needs among the answers to {len(asked)} needs")
            rankings = self._rank(asked, mixed)
        print("sides ignored, for information:")
        print(f"{'method':<10}{'needs in top 10':>17}{'rank of the first':>19}")
        for method, ranked in rankings.items():
            shares, firsts = [], []
            for need, names in ranked.items():
                others = [name for name in names if name != need]
                shares.append(sum(name in sides for name in others[:10]) / 10)
                firsts.append(
                    next((n for n, name in enumerate(others, 1) if name in sides), BEYOND)
                )
            print(f"{method:<10}{mean(shares):>17.3f}{mean(firsts):>19.1f}")
        if count:
            self.missed.append(f"{count} needs among the answers")

    def txtai(self) -> None:
        from tools.bench.side_by_side import compare_with_txtai

        self.missed += compare_with_txtai(self)

    # --- what they share ---

    def rankings(self) -> Rankings:
        """Of the needs that were judged, against the capabilities alone."""
        if self._rankings is None:
            rows = [row for row in self.needs if row["id"] in self.both]
            with entries(rows, self.capabilities) as (asked, offered):
                self._rankings = self._rank(asked, offered)
        return self._rankings

    def _rank(self, needs: Any, offers: Any) -> Rankings:
        from matching.benchmark import rank_files

        return self._call(rank_files, needs, offers)

    def _call(self, rank: Callable[..., Rankings], *what: Any) -> Rankings:
        """With all needs there are as the background."""
        with entries(self.needs, ()) as (background, _):
            return rank(*what, self.encoder, self.cache, progress, background=background)

    def _twins(self, name: str, twins: Sequence[Sequence[Any]]) -> dict[str, float]:
        """Prints how twins rank among all capabilities; {method: share of bad ones in the top}."""
        asked_for = {one[0].need for one in twins}
        rows = [row for row in self.needs if row["id"] in asked_for]
        offers = [one for group in twins for one in group]
        made = [{"id": one.name, "title": one.title, "text": one.text} for one in offers]
        with entries(rows, self.capabilities + made) as (asked, offered):
            rankings = self._rank(asked, offered)
        bad = sum(one.is_bad for one in offers)
        worst = mean(min(TOP, len(group) - 1) / TOP for group in twins)
        print(f"{name}: {len(twins)} needs, {bad} pairs of twins (worst possible {worst:.3f})")
        print(
            f"{'method':<10}{f'bad in top {TOP}':>14}{'right first':>13}"
            f"{'rank of good':>14}{'of bad':>9}"
        )
        rates = {}
        for method, ranked in rankings.items():
            figures = twin_figures(ranked, twins)
            rates[method] = figures["rate"]
            print(
                f"{method:<10}{figures['rate']:>14.3f}{figures['pairs']:>13.3f}"
                f"{figures['good']:>14.1f}{figures['bad']:>9.1f}"
            )
        return rates

    def _aim(self, section: str, rankings: Rankings, qrels: Qrels) -> None:
        for method, ranked in rankings.items():
            aim = AIMS.get((section, method))
            found = mean(per_need(ranked, qrels).values())
            if aim is not None and found < aim:
                self.missed.append(f"nDCG@10 of {method} {found:.3f}, aim {aim} ({section})")


def read_rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_labels() -> dict[str, list[Row]]:
    """The hand-marked sentences of needs' texts, by need."""
    found: dict[str, list[Row]] = defaultdict(list)
    for path in sorted(LABELS.glob("quantities_*.jsonl")):
        for row in read_rows(path):
            if row["file"] == "needs.jsonl" and row["field"] == "text":
                found[row["id"]].append(row)
    return found


class entries:  # noqa: N801 - reads as the statement it is used in
    """Needs and offers as the commands read them: from files, which live as long as the block."""

    def __init__(self, needs: Iterable[Row], offers: Iterable[Row]) -> None:
        self._rows = {"needs": list(needs), "offers": list(offers)}

    def __enter__(self) -> tuple[Any, Any]:
        from matching.benchmark import read_entries
        from matching.sources import Side

        self._folder = TemporaryDirectory(prefix="cuohe-bench-")
        paths = {}
        for name, rows in self._rows.items():
            paths[name] = Path(self._folder.name) / f"{name}.jsonl"
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            paths[name].write_text("".join(lines), "utf-8")
        return (
            read_entries(paths["needs"], "need", Side.NEED),
            read_entries(paths["offers"], "capability", Side.OFFER),
        )

    def __exit__(self, *exc: object) -> None:
        self._folder.cleanup()


def per_need(ranked: Mapping[str, Sequence[str]], qrels: Qrels) -> dict[str, float]:
    """nDCG@10 of each need that has a good answer."""
    from matching.evaluation import RELEVANT, ndcg

    return {
        need: ndcg(ranked.get(need, ()), grades)
        for need, grades in qrels.items()
        if max(grades.values()) >= RELEVANT
    }


def show_quality(name: str, rankings: Rankings, qrels: Qrels) -> None:
    from matching.evaluation import METRICS, evaluate

    needs = len(per_need({}, qrels))
    print(f"{name}: {needs} needs with a grade of at least 2")
    print("method".ljust(10) + "".join(metric.rjust(12) for metric in METRICS))
    for method, ranked in rankings.items():
        figures = evaluate(ranked, qrels)
        print(method.ljust(10) + "".join(f"{figures[one]:.3f}".rjust(12) for one in METRICS))


def show_differences(rankings: Rankings, qrels: Qrels) -> None:
    from tools.bench.intervals import RESAMPLES, neighbours, paired_difference

    figures = {method: per_need(ranked, qrels) for method, ranked in rankings.items()}
    print(f"difference of nDCG@10, 95 % of {RESAMPLES} paired resamples over the needs:")
    for one, other in neighbours(list(figures)):
        found = paired_difference(list(figures[one].values()), list(figures[other].values()))
        print(
            f"  {one} − {other}: {found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
            f"{'' if found.is_clear else ', not clear'}"
        )


def twin_figures(
    ranked: Mapping[str, Sequence[str]], twins: Sequence[Sequence[Any]]
) -> dict[str, float]:
    """The good twin of each group comes first. `rate` is the share of places in the top that bad
    twins of the need itself take; `pairs` how often the good one stands before a bad one, where
    two that are both beyond the depth count half."""
    taken, right, good_ranks, bad_ranks = [], [], [], []
    for good, *bad in twins:
        names = list(ranked.get(good.need, ()))
        ranks = {name: number for number, name in enumerate(names, 1)}
        own = {one.name for one in bad}
        taken.append(sum(name in own for name in names[:TOP]) / TOP)
        good_rank = ranks.get(good.name, BEYOND)
        good_ranks.append(good_rank)
        for one in bad:
            bad_rank = ranks.get(one.name, BEYOND)
            bad_ranks.append(bad_rank)
            right.append(0.5 if good_rank == bad_rank else float(good_rank < bad_rank))
    return {
        "rate": mean(taken),
        "pairs": mean(right),
        "good": mean(good_ranks),
        "bad": mean(bad_ranks),
    }


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def progress(done: int, total: int) -> None:
    if total > 200:
        end = "\n" if done == total else ""
        print(f"\rembedding {done}/{total}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
