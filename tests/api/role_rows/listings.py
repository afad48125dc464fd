"""Needs and capabilities, their review, and the search over all kinds."""

from collections.abc import Callable
from typing import Any

from tests.api.role_rows.base import (
    ABSENT,
    FORBIDDEN,
    READERS,
    REVIEWERS,
    SIGN_IN,
    Row,
    constant,
    everybody,
    in_name_of_firm,
)
from tests.api.world import World

# Brokers see what was handed in and decide nothing of it; to officers it does not exist.
BROKERS_READ = {"broker": FORBIDDEN, "equipment_officer": ABSENT, "talent_officer": ABSENT}


def listing(kind: str, status: str, **extra: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"listing_id": getattr(world, kind)(status).pk, **extra}


def revision(kind: str, **changes: Any) -> Callable[[World], dict[str, Any]]:
    def make(world: World) -> dict[str, Any]:
        entry = getattr(world, kind)("published")
        return {"listing_id": entry.pk, "number": world.revise(entry, **changes)}

    return make


def listing_rows(kind: str, plural: str) -> dict[str, Row]:
    """Drafts and what is submitted are the firm's own; staff review what was handed in."""
    text = "problem" if kind == "need" else "description"
    edit = constant({"version": 1, "content": {"title": "新标题"}})
    waiting = revision(kind, **{text: "改过的正文"})
    return {
        f"list_{plural}": everybody(),
        f"create_{kind}": Row(
            SIGN_IN, FORBIDDEN, "201", FORBIDDEN, body=in_name_of_firm(lambda: {"title": "x"})
        ),
        f"get_{kind}": Row(
            ABSENT,
            ABSENT,
            "200",
            "200",
            path=listing(kind, "submitted"),
            only_for=READERS,
            other_staff=ABSENT,
        ),
        f"edit_{kind}": Row(SIGN_IN, ABSENT, "200", ABSENT, path=listing(kind, "draft"), body=edit),
        f"discard_{kind}": Row(SIGN_IN, ABSENT, "204", ABSENT, path=listing(kind, "draft")),
        f"submit_{kind}": Row(SIGN_IN, ABSENT, "200", ABSENT, path=listing(kind, "draft")),
        f"return_{kind}": Row(
            SIGN_IN,
            ABSENT,
            FORBIDDEN,
            "200",
            path=listing(kind, "submitted"),
            body=constant({"edits": [{"field": text, "advice": "写具体些"}], "note": "x"}),
            only_for=REVIEWERS,
            other_staff=BROKERS_READ,
        ),
        f"hold_{kind}": Row(
            SIGN_IN,
            ABSENT,
            FORBIDDEN,
            "200",
            path=listing(kind, "submitted"),
            body=constant({"note": "x"}),
            only_for=REVIEWERS,
            other_staff=BROKERS_READ,
        ),
        f"publish_{kind}": Row(
            SIGN_IN,
            ABSENT,
            FORBIDDEN,
            "200",
            path=listing(kind, "submitted"),
            only_for=REVIEWERS,
            other_staff=BROKERS_READ,
        ),
        f"close_{kind}": Row(
            SIGN_IN,
            FORBIDDEN,
            "200",
            "200",
            path=listing(kind, "published"),
            body=constant({"reason": "withdrawn"}),
            only_for=REVIEWERS,
        ),
        f"list_{kind}_revisions": Row(
            SIGN_IN,
            ABSENT,
            "200",
            "200",
            path=listing(kind, "published"),
            only_for=READERS,
            other_staff=ABSENT,
        ),
        f"approve_{kind}_revision": Row(
            SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=waiting, only_for=REVIEWERS
        ),
        f"reject_{kind}_revision": Row(
            SIGN_IN,
            FORBIDDEN,
            FORBIDDEN,
            "200",
            path=waiting,
            body=constant({"note": "x"}),
            only_for=REVIEWERS,
        ),
        f"acknowledge_{kind}_revision": Row(
            SIGN_IN,
            FORBIDDEN,
            FORBIDDEN,
            "200",
            path=revision(kind, contact_name="新联系人"),
            only_for=REVIEWERS,
        ),
        f"list_{kind}_history": Row(
            SIGN_IN,
            ABSENT,
            "200",
            "200",
            path=listing(kind, "submitted"),
            only_for=READERS,
            other_staff=ABSENT,
        ),
        # Whoever writes is told; what is found is theirs or public.
        f"find_similar_{kind}": Row(
            SIGN_IN, "200", "200", "200", body=constant({"content": {"title": "铜电解液脱砷"}})
        ),
        f"list_{kind}_suggestions": Row(
            ABSENT,
            ABSENT,
            "200",
            "200",
            path=lambda world: {"entry_id": getattr(world, kind)("submitted").pk},
            only_for=READERS,
            other_staff=ABSENT,
        ),
    }


ROWS: dict[str, Row] = {
    **listing_rows("need", "needs"),
    **listing_rows("capability", "capabilities"),
    "get_review_queue": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200", only_for=REVIEWERS),
    "search_entries": everybody(query={"q": "铜"}),
}
