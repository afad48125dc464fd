"""A list becomes entries: once, whole where it is right, row by row where it is not."""

from collections.abc import Callable
from typing import Any

import pytest

from market.listings.models import Need
from market.listings.services import edit_listing
from market.listings.states import Status
from park.accounts.models import User
from park.core.models import AuditEntry, OutboxEvent
from park.imports import services
from park.imports.models import ImportedObject, ImportJob, ImportRow, JobStatus
from park.imports.running import run_job
from park.organisations.models import Organisation
from tests.factories import OrganisationFactory, make_member
from tests.factories.tables import json_lines
from tests.park.imports.conftest import HEADINGS, codes, need_file, need_row, refusal

Upload = Callable[..., ImportJob]
Run = Callable[..., ImportJob]

pytestmark = pytest.mark.django_db


def test_a_clear_list_goes_from_file_to_held_entries(
    upload: Upload, preview: Run, commit: Run, firm: Organisation
) -> None:
    job = upload(need_file(range(3)))
    assert job.status == JobStatus.MAPPED
    assert set(job.mapping.values()) == {"source_id", "title", "problem", "money", "due_on"}
    job = preview(job)
    assert (job.status, job.counts, job.rows_total) == (JobStatus.PREVIEWED, {"new": 3}, 3)
    assert not Need.objects.exists()
    job = commit(job)
    assert (job.status, job.counts) == (JobStatus.DONE, {"new": 3, "created": 3})
    need = Need.objects.get(title="电解液脱砷1")
    assert need.status == Status.HELD
    assert need.organisation == firm
    assert (need.budget_min, need.budget_max) == (500000, 1200000)
    assert need.due_on.isoformat() == "2099-12-31"
    assert need.is_imported
    # What the list does not say stays unknown.
    assert (need.kind, need.chain, need.ip_stance, need.maturity_wanted) == ("", "", "", None)
    trail = AuditEntry.objects.get(object_id=need.pk)
    assert (trail.action, trail.actor) == ("imported", job.uploader)
    assert trail.changes["title"] == {"old": "", "new": "电解液脱砷1"}


def test_a_bad_row_is_reported_with_column_and_reason_and_stops_no_other(
    upload: Upload, preview: Run, commit: Run
) -> None:
    rows = [
        HEADINGS,
        need_row(1),
        need_row(2, 完成时限="2026年2月31日"),
        need_row(3, 技术需求名称=""),
        need_row(4, **{"资金投入（万元）": "-5"}),
        need_row(5, 拟解决的主要技术问题="含有\x01控制字符"),
        need_row(6),
    ]
    job = preview(upload(rows))
    expected = {
        3: [("完成时限", "invalid_date")],
        4: [("技术需求名称", "required")],
        5: [("资金投入（万元）", "out_of_range")],
        6: [("拟解决的主要技术问题", "control_character")],
    }
    assert codes(job) == expected
    job = commit(job)
    assert job.counts == {"new": 2, "created": 2, "bad": 4}
    assert codes(job) == expected
    assert Need.objects.count() == 2


def test_what_is_not_understood_stays_unknown_and_is_named(
    upload: Upload, preview: Run, commit: Run
) -> None:
    headings = ("需求名称", "资金投入", "完成时间", "产业链", "技术成熟度", "产权归属", "需求类型")
    rows = [
        headings,
        ("脱砷", "面议", "长期", "/", "中试", "再说", "技术需求"),
        ("除铋", "50", "签约后六个月", "铜精深加工产业链", "TRL 6", "双方共有", "别的"),
    ]
    job = upload(rows)
    job = services.map_columns(
        actor=job.uploader, job_id=job.pk, columns=job.mapping | {"技术成熟度": "maturity_wanted"}
    )
    job = commit(preview(job))
    assert codes(job, "warning") == {
        2: [("技术成熟度", "not_understood"), ("产权归属", "not_understood")],
        3: [
            ("资金投入", "unit_missing"),
            ("完成时间", "not_understood"),
            ("需求类型", "not_understood"),
        ],
    }
    first, second = Need.objects.order_by("id")
    assert (first.budget_max, first.due_on, first.chain) == (None, None, "")
    assert (first.maturity_wanted, first.ip_stance, first.kind) == (None, "", "technology")
    assert (second.chain, second.maturity_wanted, second.ip_stance) == (
        "copper_processing", 6, "shared",
    )  # fmt: skip


def test_the_same_file_twice_adds_nothing(upload: Upload, preview: Run, commit: Run) -> None:
    data = need_file(range(5))
    commit(preview(upload(data)))
    again = preview(upload(data))
    assert again.counts == {"unchanged": 5}
    assert commit(again).counts == {"unchanged": 5}
    assert Need.objects.count() == 5


def test_without_numbers_the_content_tells_rows_apart(upload: Upload, commit: Run) -> None:
    rows = [HEADINGS[1:], need_row(1)[1:], need_row(2)[1:]]
    commit(upload(rows))
    # Spaces, width and a comma more are the same row.
    rows[1] = ["电解液 脱砷１", "第1号电解槽，砷含量波动。", *rows[1][2:]]
    assert commit(upload(rows)).counts["unchanged"] == 1
    assert Need.objects.count() == 2


def test_a_row_that_stands_twice_is_one_and_one_number_for_two_is_a_fault(
    upload: Upload, preview: Run, commit: Run
) -> None:
    other = need_row(1, 技术需求名称="另一件事")
    job = preview(upload([HEADINGS, need_row(1), need_row(1), other]))
    assert job.counts == {"new": 1, "unchanged": 1, "bad": 1}
    assert codes(job) == {4: [("编号", "repeated_id")]}
    assert commit(job).counts == {"new": 1, "unchanged": 1, "bad": 1, "created": 1}
    assert Need.objects.count() == 1


def test_a_changed_row_is_reported_and_applied_only_when_asked(
    upload: Upload, preview: Run, commit: Run, moderator: User
) -> None:
    commit(upload([HEADINGS, need_row(1), need_row(2)]), publish=True)
    changed = [HEADINGS, need_row(1, 拟解决的主要技术问题="问题改写了。"), need_row(2)]
    job = commit(preview(upload(changed)))
    assert job.counts == {"changed": 1, "unchanged": 1}
    assert Need.objects.get(title="电解液脱砷1").version == 1
    before = OutboxEvent.objects.count()
    job = commit(upload(changed), apply_changes=True)
    assert job.counts == {"changed": 1, "unchanged": 1, "updated": 1}
    need = Need.objects.get(title="电解液脱砷1")
    assert (need.problem, need.version, need.status) == ("问题改写了。", 2, Status.PUBLISHED)
    revision = need.revisions.order_by("-number").first()
    assert (revision.number, revision.status, revision.reviewer) == (2, "effective", moderator)
    assert OutboxEvent.objects.count() == before + 1
    assert commit(upload(changed), apply_changes=True).counts == {"unchanged": 2}


def test_what_people_edited_since_is_not_overwritten(
    upload: Upload, commit: Run, firm: Organisation
) -> None:
    commit(upload([HEADINGS, need_row(1)]))
    need = Need.objects.get()
    edit_listing(
        actor=make_member(firm),
        kind=need.listing_kind,
        listing_id=need.pk,
        version=1,
        content={"problem": "企业自己改过。"},
    )
    changed = [HEADINGS, need_row(1, 拟解决的主要技术问题="清单改了。")]
    job = commit(upload(changed), apply_changes=True)
    assert codes(job, "warning") == {2: [("", "edited_here")]}
    need.refresh_from_db()
    assert need.problem == "企业自己改过。"


def test_what_was_deleted_since_is_made_anew(upload: Upload, commit: Run) -> None:
    data = need_file([1])
    commit(upload(data))
    Need.objects.all().delete()
    assert commit(upload(data)).counts == {"new": 1, "created": 1}
    assert Need.objects.get().pk == ImportedObject.objects.get().object_id


def test_published_at_once_matching_hears_of_each_and_is_nudged_once(
    upload: Upload, commit: Run, django_capture_on_commit_callbacks: Any
) -> None:
    job = upload(need_file(range(4)))
    with django_capture_on_commit_callbacks() as callbacks:
        commit(job, publish=True)
    assert len(callbacks) == 1
    needs = list(Need.objects.filter(status=Status.PUBLISHED, published_at__isnull=False))
    assert len(needs) == 4
    told = {event.payload["object_id"] for event in OutboxEvent.objects.all()}
    assert told == {str(need.pk) for need in needs}
    assert all(need.revisions.get().content["title"] == need.title for need in needs)


def test_held_entries_of_an_import_are_published_together(upload: Upload, commit: Run) -> None:
    job = commit(upload(need_file(range(4))))
    closed = Need.objects.first()
    assert closed is not None
    Need.objects.filter(pk=closed.pk).update(status=Status.CLOSED)
    services.publish_import(actor=job.uploader, job_id=job.pk, is_nudged=False)
    assert run_job(job.pk, batch=2)
    job.refresh_from_db()
    assert (job.status, job.counts["published"]) == (JobStatus.DONE, 3)
    assert Need.objects.filter(status=Status.PUBLISHED).count() == 3
    assert OutboxEvent.objects.filter(topic="item.changed").count() == 3


def test_a_row_names_its_firm_and_a_name_that_may_be_known_is_a_doubt(
    upload: Upload, preview: Run, commit: Run, firm: Organisation
) -> None:
    OrganisationFactory(name="鄂州示例机械有限公司", credit_code="91420700MA00000001")
    rows = [
        ("需求名称", "提出单位"),
        ("甲", "黄石示例铜业有限公司"),
        ("乙", "91420700ma00000001"),
        ("丙", "黄石市示例铜业有限责任公司"),
        ("丁", "没有听说过的公司"),
    ]
    job = preview(upload(rows, organisation_id=None))
    assert codes(job) == {5: [("提出单位", "unknown_organisation")]}
    assert codes(job, "doubt") == {4: [("提出单位", "similar_organisation")]}
    assert job.counts == {"new": 2, "doubtful": 1, "bad": 1}
    assert commit(job).counts["created"] == 2
    assert Need.objects.get(title="乙").organisation.name == "鄂州示例机械有限公司"
    accepted = commit(upload(rows, organisation_id=None), accept_doubtful=True)
    assert accepted.counts == {"unchanged": 2, "new": 1, "created": 1, "bad": 1}
    assert Need.objects.get(title="丙").organisation == firm


def test_an_unknown_firm_stays_named_where_another_holds_the_list(
    upload: Upload, commit: Run, firm: Organisation
) -> None:
    job = commit(upload([("需求名称", "提出单位"), ("丁", "没有听说过的公司")]))
    need = Need.objects.get()
    assert need.organisation == firm
    assert "没有听说过的公司" in need.source_note
    assert codes(job, "warning") == {2: [("提出单位", "unknown_organisation")]}


def test_doubtful_columns_wait_for_a_person(upload: Upload, preview: Run) -> None:
    job = upload([("需求名称", "技术问题和现状说明", "领导批示"), ("脱砷", "砷高", "同意")])
    assert job.status == JobStatus.UPLOADED
    by_heading = {column["heading"]: column for column in job.columns}
    guess = by_heading["技术问题和现状说明"]
    assert (guess["field"], guess["is_doubtful"]) == ("problem", True)
    assert guess["samples"] == ["砷高"]
    assert (by_heading["领导批示"]["field"], by_heading["领导批示"]["is_doubtful"]) == ("", True)
    assert refusal(lambda: preview(job)).code == "wrong_state"
    columns = {"需求名称": "title", "技术问题和现状说明": "problem", "领导批示": "problem"}
    job = services.map_columns(actor=job.uploader, job_id=job.pk, columns=columns)
    assert job.status == JobStatus.MAPPED


def test_an_unknown_column_can_go_under_a_text_with_its_heading(
    upload: Upload, commit: Run
) -> None:
    job = upload([("需求名称", "需求描述", "领导批示"), ("脱砷", "砷高", "同意")])
    columns = {"需求名称": "title", "需求描述": "problem", "领导批示": "problem"}
    services.map_columns(actor=job.uploader, job_id=job.pk, columns=columns)
    commit(job)
    assert Need.objects.get().problem == "砷高\n领导批示：同意"


@pytest.mark.parametrize(
    ("columns", "field", "code"),
    [
        ({"需求名称": "title", "没有": "problem"}, "columns.没有", "unknown_column"),
        ({"需求名称": "nothing"}, "columns.需求名称", "unknown_field"),
        ({"需求名称": "title", "金额": "title"}, "columns.金额", "field_taken"),
        ({"金额": "money"}, "title", "no_column"),
    ],
)
def test_a_wrong_mapping_is_refused(
    upload: Upload, columns: dict[str, str], field: str, code: str
) -> None:
    job = upload([("需求名称", "金额"), ("脱砷", "5万元")])
    error = refusal(
        lambda: services.map_columns(actor=job.uploader, job_id=job.pk, columns=columns)
    )
    assert error.code == "invalid_input"
    assert {"field": field, "code": code} in error.data["fields"]


def test_nothing_is_dropped_from_a_long_title_or_a_prose_of_indicators(
    upload: Upload, commit: Run
) -> None:
    title = "很长的名称" * 30
    prose = "指标说明" * 200
    job = commit(upload([("需求名称", "技术指标", "需求描述"), (title, prose, "砷高")]))
    need = Need.objects.get()
    assert len(need.title) == 120
    assert title in need.problem
    assert prose in need.problem
    assert not need.indicators.exists()
    assert {code for _, code in codes(job, "warning")[2]} == {"title_shortened", "kept_as_text"}


def test_indicators_are_read_from_a_cell(upload: Upload, commit: Run) -> None:
    cell = "1.砷含量≤0.5mg/L；2.处理量100~200 t；3.操作简便"
    commit(upload([("需求名称", "核心/考核指标"), ("脱砷", cell)]))
    lines = [
        (one.name, one.comparator, one.value, one.value_max, one.unit)
        for one in Need.objects.get().indicators.all()
    ]
    assert lines[1] == ("处理量", "range", 100, 200, "t")
    assert lines[2][:2] == ("操作简便", "text")
    assert len(lines) == 3


def test_json_lines_with_their_own_keys(upload: Upload, commit: Run) -> None:
    rows = [
        {"id": "N1", "title": "脱砷", "text": "砷高。", "sector": "铜精深加工", "source": "某平台"},
        {"id": "N2", "title": "除铋", "text": "铋高。", "sector": "没有的行业", "source": "某平台"},
    ]
    data = json_lines(rows) + b"{broken\n"
    job = upload(data, file_name="needs.jsonl")
    assert job.status == JobStatus.MAPPED
    job = commit(job)
    assert job.counts == {"new": 2, "created": 2, "bad": 1}
    assert codes(job) == {3: [("", "malformed_row")]}
    need = Need.objects.get(title="脱砷")
    assert (need.problem, need.chain, need.source_note) == (
        "砷高。", "copper_processing", "某平台",
    )  # fmt: skip


def test_the_example_row_of_a_template_is_passed_over(upload: Upload, commit: Run) -> None:
    job = commit(upload([HEADINGS, need_row(0, 编号="示例"), need_row(1)]))
    assert job.counts == {"new": 1, "created": 1}


def test_a_cancelled_import_keeps_what_it_wrote_and_stops(
    upload: Upload, preview: Run, moderator: User
) -> None:
    job = preview(upload(need_file(range(10))))
    services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)

    def cancel(running: ImportJob) -> None:
        if running.rows_done == 4:
            services.cancel_import(actor=moderator, job_id=job.pk)

    run_job(job.pk, batch=2, progress=cancel)
    job.refresh_from_db()
    assert (job.status, Need.objects.count()) == (JobStatus.CANCELLED, 4)
    assert ImportRow.objects.filter(job=job, is_applied=True).count() == 4


def test_only_those_who_review_may_import(upload: Upload, firm: Organisation) -> None:
    for actor in (make_member(firm), make_member(OrganisationFactory())):
        assert refusal(lambda actor=actor: upload(need_file([1]), actor=actor)).code == (
            "not_allowed"
        )
    job = upload(need_file([1]))
    stranger = make_member(OrganisationFactory())
    error = refusal(lambda: services.preview_import(actor=stranger, job_id=job.pk))
    assert error.code == "not_found"


def test_a_role_that_was_taken_away_stops_the_worker(upload: Upload, moderator: User) -> None:
    job = upload(need_file([1]))
    services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)
    User.objects.filter(pk=moderator.pk).update(staff_roles=[])
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (JobStatus.FAILED, "not_allowed")
    assert not Need.objects.exists()
