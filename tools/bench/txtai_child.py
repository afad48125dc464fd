"""txtai behind a pipe: a line of JSON in, a line of JSON out. Run by `side_by_side` in an
environment of its own; nothing of this project is imported here.
"""

import json
import os
import sys
import time
from typing import Any


class Peer:
    """One hybrid index as txtai makes it, and a second list of words by character bigrams."""

    def __init__(self, model: str) -> None:
        from txtai import Embeddings  # pyright: ignore[reportMissingImports]

        # Everything else is txtai's default for `hybrid`; the instructions are e5's.
        self.embeddings = Embeddings(
            path=model,
            hybrid=True,
            instructions={"query": "query: ", "data": "passage: "},
        )
        self.embeddings.batchtransform(["warm"], "query")

    def index(self, entries: list[list[str]]) -> dict[str, Any]:
        start, cpu = time.perf_counter(), time.process_time()
        self.embeddings.index([(name, text, None) for name, text in entries])
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        self._default = self.embeddings.scoring
        self._bigrams = self._index_bigrams(entries)
        return {"seconds": seconds, "cpu": cpu}

    @staticmethod
    def _index_bigrams(entries: list[list[str]]) -> Any:
        """By default each Chinese character is a word of its own."""
        from txtai.scoring import ScoringFactory  # pyright: ignore[reportMissingImports]

        scoring = ScoringFactory.create(
            {"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": 2}}
        )
        scoring.insert([(name, text, None) for name, text in entries], index=0)
        scoring.index()
        return scoring

    def search(self, text: str, limit: int, words: str) -> dict[str, Any]:
        self.embeddings.scoring = self._bigrams if words == "bigrams" else self._default
        start = time.perf_counter()
        found = self.embeddings.search(text, limit)
        return {"names": [name for name, _ in found], "seconds": time.perf_counter() - start}


def main() -> None:
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    peer: Peer | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "open":
            from importlib.metadata import version

            peer = Peer(asked["model"])
            answer = {"version": version("txtai")}
        elif peer is not None and asked["do"] == "index":
            answer = peer.index(asked["entries"])
        elif peer is not None:
            answer = peer.search(asked["text"], asked["limit"], asked["words"])
        else:
            answer = {"error": "not open"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
