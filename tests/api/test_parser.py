"""What the request parser lets through (no database)."""

import json
import re

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from api.parser import StrictParser
from park.core.errors import DomainError

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def parse(content: bytes):
    request = RequestFactory().post("/", data=content, content_type="application/json")
    return StrictParser().parse_body(request)


def holds_forbidden(value: object) -> bool:
    return bool(re.search("[\x00\ud800-\udfff]", json.dumps(value, ensure_ascii=False)))


@given(json_values)
def test_every_body_is_read_as_it_is_or_refused_with_a_code(value: object) -> None:
    content = json.dumps(value).encode()
    if "\\u0000" in json.dumps(value, ensure_ascii=False) or holds_forbidden(value):
        with pytest.raises(DomainError, match="invalid_input"):
            parse(content)
    else:
        assert parse(content) == value


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"content": {"title": "a\\u0000b"}}', "content.title"),
        ('{"content": {"title": "a\\ud800"}}', "content.title"),
        ('{"a": [{"b": "\\udfff"}]}', "a.0.b"),
    ],
)
def test_characters_that_cannot_be_stored_are_named_by_field(body: str, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse(body.encode())
    assert caught.value.data["fields"] == [{"field": field, "code": "forbidden_character"}]


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"a": NaN}', b'{"a": Infinity}', b"9" * 9999]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse(body)


def test_a_nul_in_the_query_is_refused() -> None:
    request = RequestFactory().get("/")
    with pytest.raises(DomainError):
        StrictParser().parse_querydict(QueryDict("q=a%00b"), [], request)
