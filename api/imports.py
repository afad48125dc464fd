"""Imports as answers: the job with its names, the report of rows, the template."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from park.core.pages import Page
from park.imports import queries
from park.imports.models import ImportJob, ImportRow
from park.imports.running import STALE_AFTER
from park.imports.targets import ImportTarget

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CARD_FIELDS = (
    "id", "kind", "status", "file_name", "created_at", "finished_at", "rows_total", "rows_done",
    "counts", "error_code",
)  # fmt: skip
DETAIL_FIELDS = (
    "size", "source_note", "sheet", "other_sheets", "header_row", "columns", "mapping", "publish",
    "apply_changes", "accept_doubtful", "error_data", "organisation",
)  # fmt: skip


def present_kinds(targets: list[ImportTarget]) -> dict[str, Any]:
    return {
        "items": [
            {
                "kind": target.kind,
                "has_organisation": target.has_organisation,
                "fields": [
                    {
                        "name": field.name,
                        "zh": field.zh,
                        "en": field.en,
                        "is_joined": field.is_joined,
                        "is_required": field.name in target.main_fields,
                    }
                    for field in target.fields
                ],
            }
            for target in targets
        ]
    }


def present_card(job: ImportJob) -> dict[str, Any]:
    uploader = job.uploader
    name = "" if uploader is None else uploader.display_name or uploader.username
    return {field: getattr(job, field) for field in CARD_FIELDS} | {"uploader": name}


def present_cards(page: Page[ImportJob]) -> dict[str, Any]:
    return {"items": [present_card(job) for job in page.items], "next_cursor": page.next_cursor}


def detail(actor: Any, job_id: UUID) -> dict[str, Any]:
    job = queries.get_import(actor=actor, job_id=job_id)
    is_stuck = (
        job.is_running
        and job.heartbeat_at is not None
        and job.heartbeat_at < timezone.now() - STALE_AFTER
    )
    return (
        present_card(job)
        | {field: getattr(job, field) for field in DETAIL_FIELDS}
        | {"is_stuck": is_stuck}
    )


# --- the report ---


class _Echo:
    """What csv.writer writes into: gives each line back."""

    def write(self, value: str) -> str:
        return value


def report(job: ImportJob, rows: Iterator[ImportRow]) -> StreamingHttpResponse:
    """A CSV that Excel opens as it is: one line an issue, streamed."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(["行 row", "结果 outcome", "名称 title", "列 column", "级别 level",
                               "代码 code", "内容 value", "限度 limit"])  # fmt: skip
        for row in rows:
            for issue in row.issues:
                cells = (
                    row.number, row.outcome, row.title, issue["column"], issue["level"],
                    issue["code"], issue.get("value", ""), issue.get("limit", ""),
                )  # fmt: skip
                yield writer.writerow([_inert(str(cell)) for cell in cells])

    answer = StreamingHttpResponse(lines(), content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="import-{job.pk}.csv"'
    return answer


def _inert(text: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- the template ---


def template(target: ImportTarget) -> HttpResponse:
    """A workbook with the headings that are recognised, and one line that shows how; the line is
    marked and passed over by the import."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = target.kind
    shown = [field for field in target.fields if field.example or field.name in target.main_fields]
    sheet.append(["编号", *(field.zh for field in shown)])
    sheet.append(["示例", *(field.example for field in shown)])
    for column, field in enumerate(("编号", *(field.zh for field in shown)), 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(12, len(field) * 2 + 4)
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    answer = HttpResponse(file.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{target.kind}-template.xlsx"'
    return answer
