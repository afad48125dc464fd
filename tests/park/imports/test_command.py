"""`manage.py import_listings`: a list from the terminal."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from market.listings.models import Need
from park.organisations.models import Organisation
from tests.factories.tables import csv_bytes
from tests.park.imports.conftest import HEADINGS, need_file, need_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "需求.csv"
    file.write_bytes(need_file(range(3)))
    return file


def run(path: Path, *args: str, **options: object) -> str:
    out = StringIO()
    call_command(
        "import_listings", str(path), "--kind", "need", *args,
        stdout=out, stderr=out, verbosity=0, **options,
    )  # fmt: skip
    return out.getvalue()


def test_a_list_is_taken_over_held_or_published(path: Path, firm: Organisation) -> None:
    assert "created 3" in run(path, "--organisation", firm.name)
    assert set(Need.objects.values_list("status", flat=True)) == {"held"}
    assert "unchanged 3" in run(path, "--organisation", str(firm.pk), "--publish")
    other = path.with_name("b.csv")
    other.write_bytes(csv_bytes([HEADINGS, need_row(9)]))
    run(other, "--organisation", firm.name, "--publish")
    assert Need.objects.get(title="电解液脱砷9").status == "published"


def test_a_dry_run_says_what_would_happen(path: Path, firm: Organisation) -> None:
    assert "new 3" in run(path, "--organisation", firm.name, "--dry-run")
    assert not Need.objects.exists()


def test_a_refused_row_is_named_and_makes_the_exit_code_1(path: Path, firm: Organisation) -> None:
    path.write_bytes(csv_bytes([HEADINGS, need_row(1), need_row(2, 完成时限="2026-02-30")]))
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(
            "import_listings", str(path), kind="need", organisation=firm.name,
            stdout=out, stderr=out, verbosity=0,
        )  # fmt: skip
    assert error.value.returncode == 1
    assert "row 3 error 完成时限: invalid_date" in out.getvalue()
    assert Need.objects.count() == 1


def test_columns_can_be_named(path: Path, firm: Organisation) -> None:
    path.write_bytes(csv_bytes([("那件事", "名称"), ("砷高", "脱砷")]))
    out = run(path, "--organisation", firm.name, "--map", "那件事=problem")
    assert "created 1" in out
    assert Need.objects.get().problem == "砷高"


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--organisation", "没有的公司"], "no organisation"),
        ([], "organisation_id: required"),
        (["--map", "x"], "COLUMN=FIELD"),
    ],
)
def test_what_cannot_be_started_is_said(path: Path, args: list[str], word: str) -> None:
    with pytest.raises(CommandError, match=word):
        run(path, *args)


def test_a_file_that_is_not_there_is_said(tmp_path: Path, firm: Organisation) -> None:
    with pytest.raises(CommandError):
        run(tmp_path / "none.csv", "--organisation", firm.name)
