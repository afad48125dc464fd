"""One firm, one moderator, and a way from rows to a finished import without a worker."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.imports import services
from park.imports.models import ImportJob
from park.imports.running import run_job
from park.organisations.models import Organisation
from tests.factories import OrganisationFactory, make_staff
from tests.factories.tables import csv_bytes

HEADINGS = ("编号", "技术需求名称", "拟解决的主要技术问题", "资金投入（万元）", "完成时限")


def need_row(number: int, **changes: str) -> list[str]:
    row = {
        "编号": f"X-{number}",
        "技术需求名称": f"电解液脱砷{number}",
        "拟解决的主要技术问题": f"第{number}号电解槽砷含量波动。",
        "资金投入（万元）": "50-120",
        "完成时限": "2099年12月31日",
    } | changes
    return [row[heading] for heading in HEADINGS]


def need_file(numbers: Iterable[int]) -> bytes:
    return csv_bytes([HEADINGS, *(need_row(number) for number in numbers)])


@pytest.fixture
def firm(db: None) -> Organisation:
    return OrganisationFactory(name="黄石示例铜业有限公司")


@pytest.fixture
def moderator(db: None) -> User:
    return make_staff()


@pytest.fixture
def administrator(db: None) -> User:
    return make_staff(StaffRole.ADMINISTRATOR)


@pytest.fixture
def upload(firm: Organisation, moderator: User) -> Callable[..., ImportJob]:
    """Starts an import of needs of the firm from bytes, or from rows with headings."""

    def start(data: bytes | Sequence[Sequence[Any]], **more: Any) -> ImportJob:
        content = data if isinstance(data, bytes) else csv_bytes(data)
        given = {
            "actor": moderator, "kind": "need", "file_name": "需求清单.csv",
            "organisation_id": firm.pk,
        } | more  # fmt: skip
        return services.start_import(chunks=[content], **given)

    return start


@pytest.fixture
def preview() -> Callable[[ImportJob], ImportJob]:
    def run(job: ImportJob) -> ImportJob:
        services.preview_import(actor=job.uploader, job_id=job.pk, is_nudged=False)
        assert run_job(job.pk)
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def commit() -> Callable[..., ImportJob]:
    def run(job: ImportJob, **options: Any) -> ImportJob:
        services.commit_import(actor=job.uploader, job_id=job.pk, is_nudged=False, **options)
        assert run_job(job.pk)
        job.refresh_from_db()
        return job

    return run


def refusal(call: Callable[[], Any]) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def codes(job: ImportJob, level: str = "error") -> dict[int, list[tuple[str, str]]]:
    """{row: [(column, code)]}"""
    return {
        row.number: [(one["column"], one["code"]) for one in row.issues if one["level"] == level]
        for row in job.rows.order_by("number")
        if any(one["level"] == level for one in row.issues)
    }
