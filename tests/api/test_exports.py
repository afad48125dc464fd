"""Lists as files: the rows, fields and order of the list, and no more than its reader may see."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from park.core.models import AuditEntry
from park.sheets.layouts import is_runnable
from tests.api.world import API, SECRET_PHONE, World, client_of

LISTS = ("needs", "capabilities", "instruments", "people", "organisations")


def content_of(client: Client, path: str, **query: Any) -> bytes:
    answer = client.get(f"{API}/{path}/export", query)
    assert answer.status_code == 200, answer.content
    assert answer.streaming
    return b"".join(answer.streaming_content)


def rows_of(client: Client, path: str, **query: Any) -> list[dict[str, str]]:
    text = content_of(client, path, format="csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def workbook_of(client: Client, path: str, **query: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content_of(client, path, **query)))


def test_the_file_has_the_rows_of_the_list_in_its_order(world: World) -> None:
    for number in range(3):
        world.need("published", title=f"需求{number}")
    world.need("submitted", title="未发布")
    client = Client()
    listed = [row["title"] for row in client.get(f"{API}/needs").json()["items"]]
    assert [row["技术需求名称"] for row in rows_of(client, "needs")] == listed
    assert listed == ["需求2", "需求1", "需求0"]


def test_the_filters_of_the_list_are_those_of_the_file(world: World) -> None:
    world.need("published", title="脱砷")
    other = world.need("published", title="除锑")
    type(other).objects.filter(pk=other.pk).update(kind="order")
    client = Client()
    assert [row["技术需求名称"] for row in rows_of(client, "needs", q="脱砷")] == ["脱砷"]
    assert [row["技术需求名称"] for row in rows_of(client, "needs", kind="order")] == ["除锑"]
    assert client.get(f"{API}/needs/export", {"kind": "x"}).status_code == 422
    assert client.get(f"{API}/needs/export", {"status": "draft"}).status_code == 403


@pytest.mark.parametrize("path", LISTS)
def test_a_visitor_gets_no_contact_data(world: World, path: str) -> None:
    for make in (world.need, world.capability, world.instrument, world.card):
        make("published")
    rows = rows_of(Client(), path)
    assert rows
    assert SECRET_PHONE not in str(rows)
    assert "张建国" not in str(rows)


def test_contacts_are_there_for_the_owner_and_staff_only(world: World) -> None:
    world.need("published")
    seen = {
        name: rows_of(client_of(user), "needs")[0]["联系电话"]
        for name, user in (
            ("member", world.member),
            ("staff", world.staff),
            ("stranger", world.stranger),
        )
    }
    assert seen == {"member": SECRET_PHONE, "staff": SECRET_PHONE, "stranger": ""}


def test_a_hidden_field_is_an_empty_cell_and_its_indicators_fill_no_sheet(world: World) -> None:
    levels = {"budget_max": "own", "budget_min": "own", "indicators": "matched", "problem": "own"}
    world.need("published", field_levels=levels)
    (row,) = rows_of(client_of(world.stranger), "needs")
    assert row["资金投入上限（元）"] == row["核心考核指标"] == row["拟解决的主要技术问题"] == ""
    book = workbook_of(Client(), "needs")
    assert book.worksheets[1].max_row == 1
    assert "砷含量" not in str(content_of(Client(), "needs", format="csv").decode())
    (own,) = rows_of(client_of(world.member), "needs")
    assert own["核心考核指标"] == "砷含量 ≤ 0.5 mg/L"
    assert own["资金投入上限（元）"] == "1200000.5"


def test_a_hidden_field_is_not_found_by_a_filter_either(world: World) -> None:
    world.need("published", field_levels={"budget_max": "own", "budget_min": "own"})
    assert rows_of(client_of(world.stranger), "needs", budget_max=10_000_000) == []


def test_the_workbook_has_typed_cells_and_a_sheet_of_indicators(world: World) -> None:
    world.need("published")
    book = workbook_of(client_of(world.member), "needs")
    assert book.sheetnames == ["需求清单", "指标"]
    heads = [cell.value for cell in book.worksheets[0][1]]
    row = dict(zip(heads, book.worksheets[0][2], strict=True))
    assert row["资金投入上限（元）"].value == 1200000.5
    assert row["完成时限"].is_date
    assert row["发布时间"].is_date
    line = dict(zip([c.value for c in book.worksheets[1][1]], book.worksheets[1][2], strict=True))
    assert (line["指标名称"].value, line["数值"].value) == ("砷含量", 0.5)


def test_times_are_the_parks(world: World) -> None:
    entry = world.need("published")
    type(entry).objects.filter(pk=entry.pk).update(published_at="2026-03-01T17:30:00Z")
    assert rows_of(Client(), "needs")[0]["发布时间"] == "2026-03-02 01:30"


def test_headings_and_words_are_in_the_readers_language(world: World) -> None:
    world.need("published")
    (english,) = rows_of(Client(), "needs", language="en")
    assert english["Kind"] == "Technology"
    (also,) = rows_of(Client(headers={"accept-language": "en-GB,en"}), "needs")
    assert also == english
    (chinese,) = rows_of(Client(), "needs", language="zh")
    assert chinese["类型"] == "技术需求"


def test_what_a_spreadsheet_would_run_is_neutralised(world: World) -> None:
    world.need("published", title='=HYPERLINK("http://x","点我")', problem="@SUM(A1)")
    (row,) = rows_of(Client(), "needs")
    assert not any(is_runnable(cell) for cell in row.values())
    book = workbook_of(Client(), "needs")
    assert all(cell.data_type != "f" for line in book.worksheets[0].iter_rows() for cell in line)


def test_mine_gives_ones_own_entries_in_every_state(world: World) -> None:
    world.need("draft", title="草稿")
    world.need("closed", title="关闭")
    rows = rows_of(client_of(world.member), "needs", mine="true")
    assert {row["状态"] for row in rows} == {"草稿", "已关闭"}
    assert rows_of(client_of(world.stranger), "needs", mine="true") == []


def test_bookings_are_those_of_ones_own_side(world: World) -> None:
    world.booking()
    assert len(rows_of(client_of(world.member), "bookings")) == 1
    assert rows_of(client_of(world.stranger), "bookings") == []
    assert len(rows_of(client_of(world.staff), "bookings")) == 1


def test_the_review_queue_is_whole(world: World) -> None:
    world.need("submitted")
    world.capability("submitted")
    rows = rows_of(client_of(world.staff), "review-queue")
    assert [row["清单"] for row in rows] == ["需求", "能力"]


def test_names_of_people_are_masked_for_strangers(world: World) -> None:
    world.card("published")
    (row,) = rows_of(client_of(world.stranger), "people")
    assert (row["姓名（脱敏）"], row["姓名"], row["联系电话"]) == ("张**", "", "")
    (own,) = rows_of(client_of(world.member), "people")
    assert (own["姓名"], own["联系电话"]) == ("张建国", SECRET_PHONE)


def test_the_file_has_a_dated_name_in_both_forms_and_safe_headers(world: World) -> None:
    answer = Client().get(f"{API}/needs/export")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="need-2')
    assert "filename*=UTF-8''%E9%9C%80%E6%B1%82%E6%B8%85%E5%8D%95-2" in disposition
    assert disposition.isascii()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_one_reader_cannot_take_all_the_places(world: World) -> None:
    client = Client()
    first, second = (client.get(f"{API}/needs/export") for _ in range(2))
    refused = client.get(f"{API}/needs/export")
    assert (first.status_code, second.status_code) == (200, 200)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    # Somebody else is served meanwhile; and a place is free again once a file was read.
    assert client_of(world.member).get(f"{API}/needs/export").status_code == 200
    assert b"".join(first.streaming_content)
    assert client.get(f"{API}/needs/export").status_code == 200


def test_a_reader_who_goes_away_gives_the_place_back(world: World) -> None:
    client = Client()
    for _ in range(4):
        answer = client.get(f"{API}/needs/export")
        assert answer.status_code == 200
        answer.close()


def test_too_many_exports_in_a_while_are_refused(world: World, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "export.member": "10/h"}
    client = client_of(world.member)
    for _ in range(10):
        rows_of(client, "organisations")
    answer = client.get(f"{API}/organisations/export")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")


def test_exports_by_staff_and_of_contact_data_are_on_record(world: World) -> None:
    rows_of(Client(), "needs")
    rows_of(client_of(world.stranger), "organisations")
    assert not AuditEntry.objects.filter(action="exported").exists()
    rows_of(client_of(world.member), "needs", q="铜")
    rows_of(client_of(world.staff), "organisations")
    entries = AuditEntry.objects.filter(action="exported").order_by("id")
    assert [(entry.actor, entry.object_kind) for entry in entries] == [
        (world.member, "need"),
        (world.staff, "organisation"),
    ]
    assert entries[0].changes == {"format": "csv", "filters": {"q": "铜"}}


def test_search_results_can_be_taken_along(world: World, no_worker: None) -> None:
    world.need("published")
    assert "类别" in content_of(Client(), "search", q="铜", format="csv").decode()
