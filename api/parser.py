"""Reads request bodies and query strings, and refuses text that PostgreSQL or UTF-8 cannot hold."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from park.core.errors import DomainError

FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        body = json.loads(request.body, parse_constant=refuse_constant)
        _refuse_forbidden(forbidden_fields(body, ""))
        return body

    def parse_querydict(
        self, data: MultiValueDict, list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        values = super().parse_querydict(data, list_fields, request)
        _refuse_forbidden(forbidden_fields(values, ""))
        return values


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _refuse_forbidden(fields: Iterator[str]) -> None:
    found = [{"field": name, "code": "forbidden_character"} for name in fields]
    if found:
        raise DomainError("invalid_input", fields=found)


def forbidden_fields(value: Any, path: str) -> Iterator[str]:
    """The paths of the strings with a NUL or a lone surrogate."""
    if isinstance(value, str):
        if FORBIDDEN.search(value):
            yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            if FORBIDDEN.search(key):
                yield path
            else:
                yield from forbidden_fields(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from forbidden_fields(inner, f"{path}.{position}" if path else str(position))
