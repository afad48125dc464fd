"""A reader of a running site who keeps cookies, and its database as it is on the disk."""

import http.cookiejar
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config.backup.database import LEFT_OUT
from config.embedded import ensure_services

BOUNDARY = "BoUnDaRy"


class Browser:
    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": kind}
        if method != "GET":
            headers["X-CSRFToken"] = self.read("/api/v1/session")["csrf_token"]
        request = urllib.request.Request(  # noqa: S310 - our own site
            self.address + path, data=body, headers=headers, method=method
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def read(self, path: str) -> Any:
        status, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)

    def log_in(self, login: dict[str, str]) -> None:
        body = {name: login[name] for name in ("username", "password")}
        status, answer = self.ask(
            "POST", "/api/auth/browser/v1/auth/login", json.dumps(body).encode()
        )
        assert status == 200, answer

    def upload(self, query: str, name: str, data: bytes) -> dict[str, Any]:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = head.encode() + b"\r\n" + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        status, answer = self.ask("POST", f"/api/v1/files?{query}", body, kind)
        assert status == 201, answer
        return json.loads(answer)


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.3)


# Which transaction wrote a row last is the one thing that a restore renews.
RENEWED = "change_stamp"


def contents_of(data_dir: Path) -> dict[str, list[str]]:
    """Every row of every table, sorted, and the state of every sequence."""
    with (
        ensure_services(data_dir) as urls,
        psycopg.connect(urls.database_url) as connection,
    ):
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(LEFT_OUT)],
        ).fetchall()
        found = {}
        for (name,) in names:
            query = sql.SQL("SELECT (to_jsonb(t) - {})::text FROM {} AS t ORDER BY 1")
            rows = connection.execute(query.format(sql.Literal(RENEWED), sql.Identifier(name)))
            found[name] = [text for (text,) in rows]
        sequences = connection.execute(
            "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        )
        found["sequences"] = [str(row) for row in sequences]
        return found


def files_of(data_dir: Path) -> dict[str, bytes]:
    root = data_dir / "files"
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
