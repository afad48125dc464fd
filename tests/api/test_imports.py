"""The way of a list through the API, and the files that are turned away at its door."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.listings.models import Need
from park.accounts.models import StaffRole
from park.imports import files
from park.imports.models import ImportJob
from park.imports.running import run_job
from tests.api.world import API, World, client_of, make_user

LIST = "编号,需求名称,需求描述,领导批示\n1,脱砷,砷高,同意\n2,除铋,铋高,\n3,,无名,\n".encode()


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Processes that test at the same time share the data folder of the session."""
    settings.DATA_DIR = tmp_path


def upload(
    client: Client, world: World, data: bytes = LIST, name: str = "需求.csv", **q: str
) -> Any:
    query = {"kind": "need", "organisation_id": str(world.firm.pk)} | q
    return client.post(
        f"{API}/imports", data={"file": SimpleUploadedFile(name, data)}, query_params=query
    )


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(
        f"{API}{path}", data=json.dumps(body or {}), content_type="application/json"
    )


def test_a_list_from_upload_to_published_entries(world: World) -> None:
    client = client_of(world.staff)
    answer = upload(client, world)
    assert answer.status_code == 201
    job = answer.json()
    assert job["status"] == "uploaded"
    doubtful = [column["heading"] for column in job["columns"] if column["is_doubtful"]]
    assert doubtful == ["领导批示"]
    path = f"/imports/{job['id']}"
    columns = job["mapping"] | {"领导批示": "problem"}
    answer = send(client, "put", f"{path}/columns", {"columns": columns})
    assert (answer.status_code, answer.json()["status"]) == (200, "mapped")
    answer = send(client, "post", f"{path}/preview")
    assert (answer.status_code, answer.json()["status"]) == (202, "previewing")
    run_job(ImportJob.objects.get().pk)
    assert client.get(f"{API}{path}").json()["counts"] == {"new": 2, "bad": 1}
    rows = client.get(f"{API}{path}/rows", {"outcome": "bad"}).json()["items"]
    assert [(row["number"], row["issues"][0]["column"]) for row in rows] == [(4, "需求名称")]
    assert not Need.objects.exists()
    answer = send(client, "post", f"{path}/commit", {"publish": False})
    assert answer.json()["status"] == "committing"
    run_job(ImportJob.objects.get().pk)
    done = client.get(f"{API}{path}").json()
    assert (done["status"], done["counts"]["created"], done["rows_total"]) == ("done", 2, 3)
    assert Need.objects.get(title="脱砷").status == "held"
    send(client, "post", f"{path}/publication")
    run_job(ImportJob.objects.get().pk)
    assert Need.objects.get(title="脱砷").status == "published"
    listed = client.get(f"{API}/imports").json()["items"]
    assert [one["counts"]["published"] for one in listed] == [2]


def test_the_report_names_row_column_and_reason_and_runs_nothing(world: World) -> None:
    job = world.list_of_needs("done")
    ImportJob.objects.get().rows.filter(number=3).update(title="=cmd|' /C calc'!A0")
    answer = client_of(world.staff).get(f"{API}/imports/{job.pk}/report")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    assert "required" in text
    assert "需求名称" in text
    assert "'=cmd" in text


def test_the_template_is_read_back_without_doubts(world: World) -> None:
    client = client_of(world.staff)
    for kind in [one["kind"] for one in client.get(f"{API}/imports/kinds").json()["items"]]:
        answer = client.get(f"{API}/imports/kinds/{kind}/template")
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        row = [cell.value for cell in book.active[2]]
        assert row[0] == "示例"
        book.active.append(["X-1", *row[1:]])
        file = io.BytesIO()
        book.save(file)
        job = upload(client, world, file.getvalue(), "t.xlsx", kind=kind).json()
        assert (job["status"], [c for c in job["columns"] if c["is_doubtful"]]) == ("mapped", [])
        send(client, "post", f"/imports/{job['id']}/preview")
        run_job(ImportJob.objects.get(pk=job["id"]).pk)
        counts = client.get(f"{API}/imports/{job['id']}").json()["counts"]
        assert counts == {"unchanged": 1} if kind == "organisation" else {"new": 1}


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"", "a.csv", 422, "empty_file"),
        ("需求名称\n".encode(), "a.csv", 422, "empty_file"),
        (b"%PDF-1.4", "a.pdf", 422, "unsupported_file"),
        (b"PK\x03\x04rest", "a.xlsx", 422, "unreadable_file"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "a.xls", 422, "old_workbook"),
        ("名称,备注\n".encode() + b"\xff\x00\n", "a.csv", 422, "unknown_encoding"),
        (",".join(f"列{n}" for n in range(300)).encode(), "a.csv", 422, "too_many_columns"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_code_and_not_kept(
    world: World, data: bytes, name: str, status: int, code: str
) -> None:
    answer = upload(client_of(world.staff), world, data, name)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list(files.folder().iterdir()) == []
    assert not ImportJob.objects.exists()


class Endless(io.RawIOBase):
    """A body that counts what is read of it and keeps nothing."""

    def __init__(self, size: int) -> None:
        self.left, self.largest = size, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(self.left, 1024 * 1024 if size < 0 else size)
        self.largest = max(self.largest, size)
        self.left -= size
        return b"x" * size


def test_200_megabytes_are_refused_by_their_length_and_never_held(world: World) -> None:
    body = Endless(200 * 1024 * 1024)
    answer = client_of(world.staff).generic(
        "POST",
        f"{API}/imports?kind=need",
        b"",
        **{
            "wsgi.input": body,
            "CONTENT_LENGTH": str(body.left),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert body.largest <= 1024 * 1024
    assert list(files.folder().iterdir()) == []


def test_a_file_just_over_the_limit_of_lists_is_refused(world: World) -> None:
    before = set(files.folder().iterdir())
    answer = upload(client_of(world.staff), world, b"a,b\n" + b"1" * (50 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert set(files.folder().iterdir()) == before


@pytest.mark.parametrize(
    ("roles", "kinds"),
    [
        ([StaffRole.MODERATOR], {"need", "capability"}),
        ([StaffRole.EQUIPMENT_OFFICER], {"instrument"}),
        ([StaffRole.ADMINISTRATOR], {"need", "capability", "instrument", "organisation"}),
    ],
)
def test_each_staff_role_imports_its_own(
    world: World, roles: list[StaffRole], kinds: set[str]
) -> None:
    client = client_of(make_user("somebody", staff_roles=roles))
    found = client.get(f"{API}/imports/kinds").json()["items"]
    assert {one["kind"] for one in found} == kinds
    job = world.list_of_needs()
    expected = 200 if "need" in kinds else 404
    assert client.get(f"{API}/imports/{job.pk}").status_code == expected


def test_brokers_and_talent_officers_import_nothing(world: World) -> None:
    for role in (StaffRole.BROKER, StaffRole.TALENT_OFFICER):
        client = client_of(make_user(f"a-{role}", staff_roles=[role]))
        assert client.get(f"{API}/imports").status_code == 403
        assert upload(client, world).status_code == 403


def test_an_unknown_kind_or_organisation_is_named(world: World) -> None:
    client = client_of(world.staff)
    assert upload(client, world, kind="nothing").json()["data"]["fields"][0]["field"] == "kind"
    unknown = "00000000-0000-7000-8000-000000000000"
    assert upload(client, world, organisation_id=unknown).json()["code"] == "not_found"
