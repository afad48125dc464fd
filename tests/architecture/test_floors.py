"""Floors that import-linter cannot watch: it forbids no part of an outside package."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BELOW_THE_API = ["platform/market", "platform/park", "equipment", "talent", "matching"]
HTTP = ("django.http", "django.shortcuts", "django.urls", "ninja")


def imported_modules(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


@pytest.mark.parametrize("folder", BELOW_THE_API)
def test_nothing_below_the_api_knows_http(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*.py") if path.name != "admin.py"]
    assert files
    wrong = {
        str(path.relative_to(ROOT)): name
        for path in files
        for name in imported_modules(path)
        if any(name == module or name.startswith(f"{module}.") for module in HTTP)
    }
    assert wrong == {}


def test_only_the_flat_index_imports_faiss() -> None:
    files = list((ROOT / "matching").rglob("*.py"))
    knowing = {
        str(path.relative_to(ROOT))
        for path in files
        if any(name.split(".")[0] == "faiss" for name in imported_modules(path))
    }
    assert knowing == {"matching/index/scan.py"}
