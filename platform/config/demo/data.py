"""Reads the demonstration files and turns their days into dates. Knows no table."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("data")
FILES = ("organisations", "needs", "capabilities", "instruments", "people", "growth")

Row = dict[str, Any]

# What a file says for the loader or for tests; everything else is content as the services take it.
NOT_CONTENT = frozenset(
    {
        "key", "organisation", "expects", "due_in_days", "valid_in_days", "published_days_ago",
        "source_address", "station",
    }
)  # fmt: skip


def read(name: str) -> list[Row]:
    """The rows of one of `FILES`, each with a `key` that is unique in its file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def need_content(row: Mapping[str, Any], today: date) -> Row:
    due = today + timedelta(days=row["due_in_days"])
    return _content(row) | {"due_on": due.isoformat()} | _contact("示例·对接专员")


def capability_content(row: Mapping[str, Any], today: date) -> Row:
    until = today + timedelta(days=row["valid_in_days"])
    return _content(row) | {"valid_until": until.isoformat()} | _contact("示例·技术联系人")


def instrument_content(row: Mapping[str, Any]) -> Row:
    return _content(row) | {"contact_name": "示例·设备管理员"}


def person_content(row: Mapping[str, Any]) -> Row:
    """A card without contact data."""
    content = _content(row)
    return content | {"full_name": content.pop("name"), "skill_level": row["skill_level"] or ""}


def tiers(row: Mapping[str, Any], today: date) -> list[Row]:
    """The titles of an organisation, as the service takes them."""
    return [
        {
            "step": tier["step"],
            "granted_on": today - timedelta(days=tier["granted_days_ago"]),
            "expires_on": None
            if "expires_days_ago" not in tier
            else today - timedelta(days=tier["expires_days_ago"]),
            "certificate_number": tier.get("certificate_number", ""),
            "evidence_note": "示例数据，并非真实证书",
        }
        for tier in row["tiers"]
    ]


def facts(row: Mapping[str, Any], today: date) -> list[Row]:
    """What is on file of an organisation, as the service takes it; years count back from today."""
    return [
        fact
        | {
            "year": today.year + fact["year"] if "year" in fact else None,
            "source": "示例数据",
        }
        for fact in row["facts"]
    ]


def published_at(row: Mapping[str, Any], now: datetime) -> datetime:
    """When the entry came out, spread over the last weeks so that lists look lived in."""
    return now - timedelta(days=row.get("published_days_ago", 0), minutes=int(row["key"][1:]))


def _content(row: Mapping[str, Any]) -> Row:
    return {key: value for key, value in row.items() if key not in NOT_CONTENT}


def _contact(name: str) -> Row:
    # The domain is reserved for such use (RFC 2606): a mail to it reaches nobody.
    return {"contact_name": name, "contact_email": "contact@example.invalid"}
