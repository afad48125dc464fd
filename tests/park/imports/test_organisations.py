"""Lists of organisations: one firm is one, also under two names, and a person decides on doubts."""

from collections.abc import Callable
from typing import Any

import pytest

from park.accounts.models import User
from park.imports.models import ImportJob
from park.organisations.models import Organisation
from tests.factories import OrganisationFactory, make_staff
from tests.factories.tables import csv_bytes
from tests.park.imports.conftest import codes, refusal

Run = Callable[..., ImportJob]
CODE = "91420200MA0000000X"
HEADINGS = ("企业名称", "统一社会信用代码", "所属产业链", "企业类型")

pytestmark = pytest.mark.django_db


@pytest.fixture
def start(upload: Run, administrator: User) -> Callable[..., ImportJob]:
    def run(*rows: tuple[str, ...], **more: Any) -> ImportJob:
        given = {"actor": administrator, "kind": "organisation", "organisation_id": None} | more
        return upload(csv_bytes([HEADINGS, *rows]), **given)

    return run


def test_organisations_are_made_through_their_own_service(
    start: Run, preview: Run, commit: Run
) -> None:
    rows = (("示例甲公司", "", "铜精深加工、没有的链", "企业"), ("示例乙大学", "", "", "高校"))
    job = commit(preview(start(*rows)))
    assert job.counts == {"new": 2, "created": 2}
    assert codes(job, "warning") == {2: [("所属产业链", "not_understood")]}
    assert Organisation.objects.get(name="示例甲公司").chains == ["copper_processing"]
    assert Organisation.objects.get(name="示例乙大学").kind == "university"
    assert commit(start(*rows)).counts == {"unchanged": 2}


def test_one_firm_under_two_names_is_a_doubt_and_not_merged(
    start: Run, preview: Run, commit: Run
) -> None:
    OrganisationFactory(name="示例丙有限公司", credit_code=CODE)
    OrganisationFactory(name="示例丁有限公司", credit_code="")
    job = preview(
        start(
            ("示例丙（更名后）有限公司", CODE, "", ""),
            ("示例丙有限公司", CODE, "", ""),
            ("示例丁有限责任公司", "", "", ""),
            ("示例丁有限公司", "", "", ""),
        )
    )
    assert codes(job, "doubt") == {
        2: [("企业名称", "other_name_of_code")],
        4: [("企业名称", "similar_name")],
    }
    assert codes(job, "warning") == {3: [("", "exists_already")], 5: [("", "exists_already")]}
    before = Organisation.objects.count()
    assert commit(job).counts == {"doubtful": 2, "unchanged": 2}
    assert Organisation.objects.count() == before


def test_a_doubtful_one_is_made_when_a_person_says_so(start: Run, commit: Run) -> None:
    OrganisationFactory(name="示例丁有限公司", credit_code="")
    job = commit(start(("示例丁有限责任公司", "", "", "")), accept_doubtful=True)
    assert job.counts == {"new": 1, "created": 1}


@pytest.mark.parametrize("code", ["123", "91420200MA000000", "９１４２０２００ＭＡ＊0000000"])
def test_a_broken_credit_code_is_a_bad_row_already_in_the_preview(
    start: Run, preview: Run, code: str
) -> None:
    job = preview(start(("示例戊公司", code, "", ""), ("示例己公司", "", "", "")))
    assert job.counts == {"new": 1, "bad": 1}
    assert codes(job)[2][0][0] == "统一社会信用代码"
    assert not Organisation.objects.filter(name__startswith="示例戊").exists()


def test_only_administrators_import_organisations(start: Run) -> None:
    assert refusal(lambda: start(("x", "", "", ""), actor=make_staff())).code == "not_allowed"
