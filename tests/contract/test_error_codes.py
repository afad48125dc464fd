"""Every code that a service can raise has a status and titles, so that none becomes a 500."""

import ast
from collections.abc import Iterator
from pathlib import Path

from api.errors import CODE_OF_STATUS, PROBLEMS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("platform/park", "platform/market", "matching", "equipment", "talent", "api")
# Raised where no web request waits for the answer: preparing models, indexes and files.
OFFLINE_PREFIXES = ("model_", "embedding_", "index_", "evaluation_", "data_", "file_")


def raised_codes() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                first = node.args[0]
                if name == "DomainError" and isinstance(first, ast.Constant):
                    yield str(first.value), str(path.relative_to(ROOT))


def test_every_raised_code_is_a_problem() -> None:
    unknown = {
        (code, path)
        for code, path in raised_codes()
        if code not in PROBLEMS and not code.startswith(OFFLINE_PREFIXES)
    }
    assert unknown == set()
    assert len({code for code, _ in raised_codes()}) >= 5


def test_statuses_of_django_lead_to_codes_of_that_status() -> None:
    for status, code in CODE_OF_STATUS.items():
        assert PROBLEMS[code].status == status
