"""Rounds and editions over HTTP: from a call for entries to two editions compared."""

import csv
import io
from typing import Any

import openpyxl
from django.test import Client

from market.editions.services import make_file
from tests.api.world import API, SECRET_PHONE, World, client_of


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(f"{API}/{path}", data=body, content_type="application/json")


def issue(staff: Client, **body: Any) -> dict[str, Any]:
    made = send(staff, "post", "editions", {"list_kind": "need", **body}).json()
    answer = send(staff, "post", f"editions/{made['id']}/issuance", {"version": made["version"]})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_round_leads_to_an_issued_edition(world: World) -> None:
    staff = client_of(world.staff)
    content = world.round_content(chains=["copper_processing"])
    body = {
        "list_kind": "need",
        "content": content | {name: content[name].isoformat() for name in ("opens_at", "deadline")},
    }
    made = send(staff, "post", "rounds", body).json()
    assert made["status"] == "draft"
    opened = send(staff, "post", f"rounds/{made['id']}/opening").json()
    assert opened["is_collecting"]
    public = Client().get(f"{API}/rounds").json()["items"]
    assert [(one["id"], one["counts"], one["allowed_actions"]) for one in public] == [
        (made["id"], None, [])
    ]
    world.need("published", title="征集到的需求")
    (entry,) = staff.get(f"{API}/rounds/{made['id']}/entries").json()["items"]
    assert (entry["title"], entry["how"]) == ("征集到的需求", "period")
    send(staff, "post", f"rounds/{made['id']}/closure")
    draft = send(staff, "post", "editions", {"round_id": made["id"]}).json()
    assert (draft["status"], draft["number"], draft["entry_count"]) == ("draft", None, 1)
    assert Client().get(f"{API}/editions").json()["items"] == []
    answer = send(staff, "post", f"editions/{draft['id']}/issuance", {"version": draft["version"]})
    assert answer.json()["heading"] == "第一批技术需求清单"
    (shown,) = Client().get(f"{API}/editions").json()["items"]
    assert (shown["number"], shown["round"]["title"]) == (1, "技术需求征集")
    assert {file["status"] for file in shown["files"]} == {"waiting"}


def test_a_visitor_reads_the_frozen_content_without_contacts(world: World) -> None:
    world.need("published")
    edition = issue(client_of(world.staff))
    answer = Client().get(f"{API}/editions/{edition['id']}/entries")
    (entry,) = answer.json()["items"]
    assert entry["content"]["problem"].startswith("电解液")
    assert entry["content"]["contact_phone"] is None
    assert SECRET_PHONE not in answer.content.decode()
    # The public is told so, staff too: what is hidden is not even in what was stored.
    also = client_of(world.staff).get(f"{API}/editions/{edition['id']}/entries")
    assert SECRET_PHONE not in also.content.decode()


def test_entries_come_in_pages_in_their_order(world: World) -> None:
    for number in range(5):
        world.need("published", title=f"需求{number}")
    edition = issue(client_of(world.staff))
    path = f"{API}/editions/{edition['id']}/entries"
    seen, cursor = [], ""
    while True:
        page = Client().get(path, {"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["position"] for row in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [1, 2, 3, 4, 5]
    assert Client().get(path, {"cursor": "x"}).json()["code"] == "invalid_cursor"


def test_a_visitor_downloads_both_files(world: World) -> None:
    world.need("published")
    edition = issue(client_of(world.staff))
    path = f"{API}/editions/{edition['id']}/files"
    early = Client().get(f"{path}/pdf")
    assert (early.status_code, early.json()["code"]) == (409, "edition_not_ready")
    for form in ("pdf", "xlsx"):
        make_file(edition_id=edition["id"], form=form)
    pdf, xlsx = (Client().get(f"{path}/{form}") for form in ("pdf", "xlsx"))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert 'filename="need-edition-1-' in pdf.headers["Content-Disposition"]
    assert "%E7%AC%AC%E4%B8%80%E6%89%B9" in pdf.headers["Content-Disposition"]
    assert "sandbox" in pdf.headers["Content-Security-Policy"]
    book = openpyxl.load_workbook(io.BytesIO(xlsx.content))
    assert book.worksheets[0]["A1"].value == "第一批技术需求清单"
    assert Client().get(f"{path}/docx").status_code in (404, 422)


def test_of_a_withdrawn_edition_only_the_reason_is_public(world: World) -> None:
    world.need("published")
    staff = client_of(world.staff)
    edition = issue(staff)
    make_file(edition_id=edition["id"], form="pdf")
    send(staff, "post", f"editions/{edition['id']}/withdrawal", {"reason": "重复"})
    seen = Client().get(f"{API}/editions/{edition['id']}").json()
    assert (seen["status"], seen["withdrawal_reason"], seen["is_readable"]) == (
        "withdrawn",
        "重复",
        False,
    )
    for path in ("entries", "files/pdf"):
        assert Client().get(f"{API}/editions/{edition['id']}/{path}").status_code == 404
    assert staff.get(f"{API}/editions/{edition['id']}/files/pdf").status_code == 200


def test_two_editions_are_compared_and_taken_along(world: World) -> None:
    staff = client_of(world.staff)
    kept, closed = (world.need("published", title=title) for title in ("留", "走"))
    older = issue(staff)
    world.revise(kept, budget_max=2_000_000)
    send(client_of(world.member), "post", f"needs/{closed.pk}/closure", {"reason": "matched_here"})
    newer = issue(staff)
    path = f"{API}/editions/{newer['id']}/comparison"
    found = Client().get(path, {"other_id": older["id"]}).json()
    assert found["counts"] == {"new": 0, "changed": 1, "unchanged": 0, "closed": 1, "left": 0}
    changed, gone = found["items"]
    assert changed["fields"] == [{"field": "budget_max", "old": 1200000.5, "new": 2000000}]
    assert gone["outcome"] == {"code": "closed", "reason": "matched_here", "counts": {}}
    only = Client().get(path, {"other_id": older["id"], "verdict": "closed"}).json()
    assert [one["title"] for one in only["items"]] == ["走"]
    wrong = Client().get(path, {"other_id": newer["id"]})
    assert wrong.json()["data"]["fields"] == [{"field": "other_id", "code": "not_comparable"}]

    answer = Client().get(f"{path}/export", {"other_id": older["id"], "format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["结果"], row["关闭原因"]) for row in rows] == [
        ("有变化", ""),
        ("已关闭", "已在本平台对接"),
    ]
    assert "1,200,000.5 → 2,000,000" in rows[0]["变化"]
    book = b"".join(Client().get(f"{path}/export", {"other_id": older["id"]}).streaming_content)
    assert openpyxl.load_workbook(io.BytesIO(book)).worksheets[1].max_row == 2


def test_conflicts_and_outdated_entries_are_told(world: World) -> None:
    staff = client_of(world.staff)
    need = world.need("published")
    draft = send(staff, "post", "editions", {"list_kind": "need"}).json()
    stale = send(staff, "post", f"editions/{draft['id']}/issuance", {"version": 9})
    assert (stale.status_code, stale.json()["code"]) == (409, "edit_conflict")
    send(client_of(world.member), "post", f"needs/{need.pk}/closure", {"reason": "withdrawn"})
    refused = send(staff, "post", f"editions/{draft['id']}/issuance", {"version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "edition_outdated")
    seen = staff.get(f"{API}/editions/{draft['id']}").json()
    assert seen["outdated"] == refused.json()["data"]["entries"]
    empty = send(staff, "post", "editions", {"list_kind": "capability"})
    assert (empty.status_code, empty.json()["code"]) == (409, "edition_empty")
    neither = send(staff, "post", "editions", {})
    assert neither.status_code == 422
