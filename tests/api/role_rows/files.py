"""Files: of a draft, which is the firm's own, and of a published entry."""

from collections.abc import Callable
from typing import Any

from park.files import services
from tests.api.role_rows.base import (
    ABSENT,
    FORBIDDEN,
    READERS,
    SIGN_IN,
    Row,
    Upload,
    constant,
    everybody,
)
from tests.api.world import World
from tests.factories.files import PDF


def private_file(world: World) -> dict[str, Any]:
    return {"file_id": world.file(visibility="private").pk}


def file_of(status: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"file_id": world.file(world.need(status)).pk}


def deleted_file(world: World) -> dict[str, Any]:
    stored = world.file(world.need("draft"))
    services.delete_file(actor=world.member, file_id=stored.pk)
    return {"file_id": stored.pk}


def target(world: World) -> dict[str, str]:
    return {"purpose": "need_attachment", "object_id": str(world.need("published").pk)}


ROWS: dict[str, Row] = {
    "list_files": everybody(query=target),
    "add_file": Row(
        SIGN_IN,
        FORBIDDEN,
        "201",
        FORBIDDEN,
        body=lambda world: Upload({"file": ("报告.pdf", PDF)}, target(world)),
    ),
    "download_file": Row(
        ABSENT, ABSENT, "200", "200", path=private_file, only_for=READERS, other_staff=ABSENT
    ),
    "download_thumbnail": everybody(path=lambda world: {"file_id": world.photo().pk}),
    "edit_file": Row(
        SIGN_IN,
        FORBIDDEN,
        "200",
        FORBIDDEN,
        path=file_of("published"),
        body=constant({"caption": "新说明"}),
    ),
    "delete_file": Row(SIGN_IN, ABSENT, "204", ABSENT, path=file_of("draft")),
    "restore_file": Row(SIGN_IN, ABSENT, "200", ABSENT, path=deleted_file),
}
