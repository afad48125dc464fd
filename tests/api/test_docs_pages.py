"""The interactive pages work under the site's own Content-Security-Policy."""

import json
import re
from html.parser import HTMLParser

from django.contrib.staticfiles import finders
from django.test import Client

from api.management.commands.export_openapi import PATH
from tests.api.world import API, World


class Tags(HTMLParser):
    """Every script and style of a page, with what is written inside."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.other: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append(dict(attrs))
        if tag == "style" or any(name.startswith("on") or name == "style" for name, _ in attrs):
            self.other.append(tag)


def test_the_page_has_no_inline_code_and_only_our_own_files(world: World) -> None:
    answer = Client().get(f"{API}/docs")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = answer.content.decode()
    tags = Tags()
    tags.feed(page)
    assert tags.other == []
    running = [tag for tag in tags.scripts if tag.get("type") != "application/json"]
    assert len(running) >= 2
    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {tag.get("src") for tag in running} <= set(files)
    for path in files:
        assert path.startswith("/static/"), path
        assert finders.find(path.removeprefix("/static/")), path


def test_the_page_sends_the_csrf_token(world: World) -> None:
    page = Client().get(f"{API}/docs").content.decode()
    assert 'data-api-csrf="true"' in page
    assert re.search(r'data-csrf-token="\w{32,}"', page)


def test_the_description_is_served_as_committed(world: World) -> None:
    served = Client().get(f"{API}/openapi.json").json()
    assert served == json.loads(PATH.read_text(encoding="utf-8"))
