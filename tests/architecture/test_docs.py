"""The documents name only what exists: links, make targets, commands, environment variables."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from api.errors import PROBLEMS
from config.env import Env

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
FENCE = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    missing = [
        link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z][\w-]*)", document.read_text(), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_management_command_exists(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
    assert named <= set(get_commands())


def test_operating_lists_every_environment_variable_and_no_other() -> None:
    known = {
        field.validation_alias
        for field in Env.model_fields.values()
        if isinstance(field.validation_alias, str)
    }
    text = (ROOT / "docs" / "operating.md").read_text()
    listed = set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", text, re.MULTILINE))
    assert listed == known


def test_both_readmes_show_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        blocks = FENCE.findall((ROOT / name).read_text())
        lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
        return [line for line in lines if line]

    english = commands("README.md")
    assert english
    assert commands("README.zh-CN.md") == english


def test_the_api_document_lists_every_problem_with_its_status() -> None:
    text = (ROOT / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \| (\d{3}) \|", text, re.MULTILINE)
    listed = {code: int(status) for codes, status in rows for code in re.findall("[a-z_]+", codes)}
    assert listed == {code: kind.status for code, kind in PROBLEMS.items()}
