"""Files through HTTP: streamed in within limits, sent out harmless, in parts and by permission."""

import http.client
import json
import os
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from api import uploads
from park.accounts import services as accounts
from park.files.limits import MIB
from park.files.models import StoredFile
from tests.api.world import API, World, client_of
from tests.factories import files

FILES = f"{API}/files"
REFUSALS = ("malformed_request", "invalid_input", "file_type_not_allowed")


def send(
    client: Client, entry: Any, data: bytes = files.PDF, name: str = "报告.pdf", **query: str
) -> Any:
    query = {"purpose": "need_attachment", "object_id": str(entry.pk), **query}
    part = SimpleUploadedFile(name, data, content_type="application/x-lie")
    return client.post(FILES, {"file": part}, query_params=query)


def get(client: Client, stored: Any, part: str = "", **headers: str) -> Any:
    return client.get(f"{FILES}/{stored.pk}{part}", headers=headers)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_file_goes_in_and_comes_out(world: World) -> None:
    need = world.need("published")
    member = client_of(world.member)
    made = send(member, need, caption="第三方")
    assert made.status_code == 201
    assert made.json()["media_type"] == "application/pdf"
    assert "storage_name" not in made.json()
    listed = Client().get(FILES, {"purpose": "need_attachment", "object_id": str(need.pk)}).json()
    assert [row["id"] for row in listed["items"]] == [made.json()["id"]]
    assert listed["can_write"] is False
    assert (listed["max_count"], listed["max_bytes"]) == (10, 20 * 1024 * 1024)
    answer = Client().get(f"{FILES}/{made.json()['id']}")
    assert body_of(answer) == files.PDF


def test_a_sent_file_is_harmless(world: World) -> None:
    for stored, disposition in ((world.file(), "attachment"), (world.photo(), "inline")):
        answer = get(Client(), stored)
        assert body_of(answer)
        assert answer.headers["Content-Disposition"].startswith(disposition)
        assert f"filename*=utf-8''{quote(stored.name)}" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Content-Type"] == stored.media_type
    private = world.file(visibility="private")
    answer = get(client_of(world.member), private)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_picture_has_a_thumbnail_and_a_paper_has_none(world: World) -> None:
    photo = world.photo()
    answer = get(Client(), photo, "/thumbnail")
    assert body_of(answer).startswith(b"\x89PNG")
    assert int(answer.headers["Content-Length"]) == photo.thumbnail_size
    assert get(Client(), world.file(), "/thumbnail").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status", "first", "last"),
    [
        ("bytes=0-3", 206, 0, 3),
        ("bytes=5-", 206, 5, None),
        ("bytes=-4", 206, -4, None),
        ("bytes=0-999999", 206, 0, None),
        ("bytes=-999999", 206, 0, None),
        ("bytes=3-1", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=0-1,3-4", 200, 0, None),
        ("pages=1-2", 200, 0, None),
        (f"bytes=0-{'9' * 400}", 206, 0, None),
    ],
)
def test_parts_of_a_file(
    world: World, wanted: str, status: int, first: int, last: int | None
) -> None:
    stored = world.file()
    answer = get(Client(), stored, range=wanted)
    content = files.PDF[first:] if last is None else files.PDF[first : last + 1]
    assert (answer.status_code, body_of(answer)) == (status, content)
    assert int(answer.headers["Content-Length"]) == len(content)
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(files.PDF)}")


def test_a_part_beyond_the_end_and_a_part_of_another_version(world: World) -> None:
    stored = world.file()
    for wanted in ("bytes=999999-", "bytes=-0"):
        answer = get(Client(), stored, range=wanted)
        assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    answer = get(Client(), stored, **{"range": "bytes=0-3", "if-range": '"other"'})
    assert (answer.status_code, body_of(answer)) == (200, files.PDF)


def test_what_the_reader_has_is_not_sent_again(world: World) -> None:
    stored = world.file()
    etag = get(Client(), stored).headers["ETag"]
    answer = get(Client(), stored, **{"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    type(stored).objects.filter(pk=stored.pk).update(visibility="private")
    assert get(Client(), stored, **{"if-none-match": etag}).status_code == 404


def test_each_refusal_has_its_code(world: World) -> None:
    need, member = world.need(), client_of(world.member)
    cases = {
        ("file_too_large", 413): files.PDF + bytes(20 * 1024 * 1024 + 1),
        ("file_type_not_allowed", 415): b"<html><script>1</script>",
        ("macro_file", 415): files.office(**{"word/vbaProject.bin": b"x"}),
        ("archive_bomb", 413): files.bomb(),
        ("unreadable_image", 422): files.picture("PNG")[:70],
    }
    for (code, status), data in cases.items():
        answer = send(member, need, data)
        assert (answer.json()["code"], answer.status_code) == (code, status)
    assert StoredFile.objects.count() == 0


def test_a_file_longer_than_its_form_seemed_is_refused_as_it_streams(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "ENVELOPE", 10**9)
    answer = send(client_of(world.member), world.need(), files.PDF + bytes(21 * MIB))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


def test_a_form_without_a_file_with_two_or_with_a_torn_one(world: World) -> None:
    query = {"purpose": "need_attachment", "object_id": str(world.need().pk)}
    member = client_of(world.member)
    answer = member.post(FILES, {"other": "x"}, query_params=query)
    assert answer.json()["data"]["fields"] == [{"field": "file", "code": "missing"}]
    two = {name: SimpleUploadedFile("a.pdf", files.PDF) for name in ("file", "another")}
    assert member.post(FILES, two, query_params=query).json()["code"] == "too_many_files"
    torn = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n\r\n%PDF"
    for data, kind in (
        (torn, MULTIPART_CONTENT),
        ("x", "multipart/form-data"),
        ("x", MULTIPART_CONTENT),
        ("{}", "application/json"),
    ):
        answer = member.generic(
            "POST", f"{FILES}?{'&'.join(f'{k}={v}' for k, v in query.items())}", data, kind
        )
        assert 400 <= answer.status_code < 500, (kind, answer.content)
        assert answer.json()["code"] in (
            "malformed_request",
            "invalid_input",
            "file_type_not_allowed",
        )


def test_a_file_where_a_form_is_expected_is_no_larger_than_a_form(world: World) -> None:
    part = SimpleUploadedFile("a.bin", bytes(3 * 1024 * 1024))
    answer = client_of(world.member).post(f"{API}/needs", {"file": part})
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


def test_a_session_needs_its_csrf_token_and_a_token_needs_none(world: World) -> None:
    need = world.need()
    strict = client_of(world.member, enforce_csrf_checks=True)
    assert send(strict, need).json()["code"] == "csrf_failed"
    for scope, status in (("read", 403), ("write", 201)):
        _, secret = accounts.create_token(actor=world.member, name=scope, scope=scope)
        bearer = Client(headers={"authorization": f"Bearer {secret}"})
        assert send(bearer, need).status_code == status


def test_uploads_of_one_user_are_counted(world: World, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "upload.member": "2/h"}
    need, member = world.need(), client_of(world.member)
    assert [send(member, need).status_code for _ in range(3)] == [201, 201, 429]
    assert send(client_of(world.stranger), need).json()["code"] == "not_found"


def test_edit_delete_and_bring_back(world: World) -> None:
    stored, member = world.file(), client_of(world.member)
    path = f"{FILES}/{stored.pk}"
    edited = member.patch(path, {"visibility": "private"}, content_type="application/json")
    assert edited.json()["visibility"] == "private"
    assert member.delete(path).status_code == 204
    assert member.get(path).status_code == 404
    assert member.delete(path).status_code == 404
    assert member.post(f"{path}/restoration").json()["id"] == str(stored.pk)
    assert member.get(path).status_code == 200


class Form:
    """A form with one file that never is in memory whole."""

    def __init__(self, blocks: list[bytes]) -> None:
        head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n\r\n"
        self.blocks = [head.encode(), *blocks, f"\r\n--{BOUNDARY}--\r\n".encode()]

    def __len__(self) -> int:
        return sum(map(len, self.blocks))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.blocks)


def memory_of(address: str) -> int:
    """Of the web server at the address and its workers, in bytes."""
    port = urlsplit(address).port
    servers = [
        process
        for process in psutil.process_iter(["cmdline"])
        if f"127.0.0.1:{port}" in (process.info["cmdline"] or [])
    ]
    assert servers
    return sum(process.memory_info().rss for process in servers)


class Watch(threading.Thread):
    """The most memory that was used while it watched."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address, self.most, self.is_over = address, 0, threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(0.02):
            self.most = max(self.most, memory_of(self.address))

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.is_over.set()
        self.join()


class Sender:
    """Uploads to the live site with a token of the member's."""

    def __init__(self, address: str) -> None:
        world = World()
        _, secret = accounts.create_token(actor=world.member, name="x", scope="write")
        self.path = f"/api/v1/files?purpose=need_attachment&object_id={world.need().pk}"
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": MULTIPART_CONTENT}
        self.where = urlsplit(address)

    def post(self, form: Form) -> tuple[int, Any]:
        link = http.client.HTTPConnection(self.where.hostname or "", self.where.port, timeout=120)
        try:
            link.request(
                "POST", self.path, iter(form), {**self.headers, "Content-Length": str(len(form))}
            )
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            link.close()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_megabytes_are_refused_as_they_stream_with_flat_memory(live_site: str) -> None:
    sender = Sender(live_site)
    assert sender.post(Form([files.PDF]))[0] == 201  # whatever is loaded once is loaded
    before = memory_of(live_site)
    with Watch(live_site) as watch:
        status, answer = sender.post(Form([files.PDF, *[bytes(MIB)] * 200]))
    assert (status, answer["code"]) == (413, "file_too_large")
    assert answer["data"]["limit"] == 20 * MIB
    assert watch.most - before < 16 * MIB
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_largest_file_that_may_be_is_taken_in_with_flat_memory(live_site: str) -> None:
    sender = Sender(live_site)
    assert sender.post(Form([files.PDF]))[0] == 201
    before = memory_of(live_site)
    with Watch(live_site) as watch:
        status, answer = sender.post(Form([files.PDF, os.urandom(19 * MIB), b"\n%%EOF\n"]))
    assert (status, answer["size"]) == (201, len(files.PDF) + 19 * MIB + 7)
    assert watch.most - before < 16 * MIB
