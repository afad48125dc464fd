"""Lists of instruments: what they measure, when they are open, what an hour costs."""

from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from equipment.imports import read_opening
from equipment.models import Instrument, InstrumentStatus
from park.accounts.models import StaffRole
from park.imports import services
from park.imports.models import ImportJob
from park.imports.running import run_job
from tests.factories import OrganisationFactory, make_member, make_staff
from tests.factories.tables import csv_bytes
from tests.park.imports.conftest import codes, refusal

ROWS = [
    ("设备编号", "仪器名称", "规格型号", "主要功能", "主要技术指标", "放置地点", "服务方式",
     "收费标准", "开放时间", "所属单位"),
    ("I-1", "质谱仪", "X100", "痕量元素测定", "检出限≤0.01ppb", "二楼", "专人操作", "320元/小时",
     "周一至周六 8:30-18:00", "示例检测"),
    ("I-2", "扫描电镜", "", "", "", "", "不知道", "200元/样", "预约开放", "示例检测"),
    ("I-3", "", "", "", "", "", "", "", "", "示例检测"),
]  # fmt: skip


@pytest.fixture
def officer(db: None) -> Any:
    OrganisationFactory(name="示例检测")
    return make_staff(StaffRole.EQUIPMENT_OFFICER)


def run(officer: Any, rows: Any = ROWS, **options: Any) -> ImportJob:
    job = services.start_import(
        actor=officer, kind="instrument", file_name="仪器.csv", chunks=[csv_bytes(rows)]
    )
    assert job.status == "mapped", [one for one in job.columns if one["is_doubtful"]]
    services.commit_import(actor=officer, job_id=job.pk, is_nudged=False, **options)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_instruments_are_made_as_drafts_and_published_together(officer: Any) -> None:
    job = run(officer)
    assert job.counts == {"new": 2, "created": 2, "bad": 1}
    assert codes(job) == {4: [("仪器名称", "required")]}
    one = Instrument.objects.get(name="质谱仪")
    assert (one.status, one.model, one.service_mode) == (InstrumentStatus.DRAFT, "X100", "operator")
    assert one.price_per_hour == Decimal(320)
    assert (one.open_from, one.open_until) == (time(8, 30), time(18))
    assert one.open_weekdays == [1, 2, 3, 4, 5, 6]
    line = one.measured_capabilities.get()
    assert (line.name, line.comparator, line.value, line.unit) == ("检出限", "le", 0.01, "ppb")
    other = Instrument.objects.get(name="扫描电镜")
    assert (other.price_per_hour, other.service_mode) == (None, "")
    assert "200元/样" in other.description
    assert "预约开放" in other.description
    services.publish_import(actor=officer, job_id=job.pk, is_nudged=False)
    run_job(job.pk)
    # Incomplete, and yet staff may publish what was taken over.
    assert Instrument.objects.filter(status=InstrumentStatus.PUBLISHED).count() == 2


def test_the_same_list_twice_adds_nothing_and_a_change_is_made_when_asked(officer: Any) -> None:
    run(officer, ROWS[:3])
    assert run(officer, ROWS[:3]).counts == {"unchanged": 2}
    changed = [ROWS[0], tuple("350" if cell == "320元/小时" else cell for cell in ROWS[1])]
    assert run(officer, changed).counts == {"changed": 1}
    assert run(officer, changed, apply_changes=True).counts == {"changed": 1, "updated": 1}
    assert Instrument.objects.get(name="质谱仪").price_per_hour == Decimal(350)


def test_a_firm_and_a_moderator_import_no_instruments(officer: Any) -> None:
    for actor in (make_member(OrganisationFactory()), make_staff()):
        assert refusal(lambda actor=actor: run(actor)).code == "not_allowed"


@pytest.mark.parametrize("text", ["预约开放", "上午", "周一至周五", "9:00-17:00 节假日除外"])
def test_opening_hours_that_say_more_or_less_are_not_guessed_at(text: str) -> None:
    assert read_opening(text) is None
