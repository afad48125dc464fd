"""Lists that staff bring in: for a firm's people there are none."""

from collections.abc import Callable
from typing import Any

from tests.api.role_rows.base import (
    ABSENT,
    FORBIDDEN,
    IMPORTERS,
    REVIEWERS,
    SIGN_IN,
    Row,
    Upload,
    constant,
)
from tests.api.world import World


def job(status: str = "mapped") -> Callable[[World], dict[str, Any]]:
    return lambda world: {"import_id": world.list_of_needs(status).pk}


def list_to_upload(world: World) -> Upload:
    query = {"kind": "need", "organisation_id": str(world.firm.pk)}
    return Upload({"file": ("需求.csv", "需求名称,需求描述\n脱砷,砷高\n".encode())}, query)


def staff_only(status: str = "200", **more: Any) -> Row:
    return Row(SIGN_IN, FORBIDDEN, FORBIDDEN, status, **more)


def of_staff(status: str = "200", **more: Any) -> Row:
    return Row(SIGN_IN, ABSENT, ABSENT, status, **more)


ROWS: dict[str, Row] = {
    "list_imports": staff_only(only_for=IMPORTERS),
    "start_import": staff_only("201", body=list_to_upload, only_for=REVIEWERS),
    "list_import_kinds": staff_only(only_for=IMPORTERS),
    "get_import_template": staff_only(
        path=constant({"kind": "need"}),
        only_for=REVIEWERS,
        other_staff={"broker": FORBIDDEN, "equipment_officer": ABSENT, "talent_officer": FORBIDDEN},
    ),
    "get_import": of_staff(path=job(), only_for=REVIEWERS, other_staff=ABSENT),
    "map_import_columns": of_staff(
        path=job(),
        body=constant({"columns": {"需求名称": "title"}}),
        only_for=REVIEWERS,
        other_staff=ABSENT,
    ),
    "preview_import": of_staff("202", path=job(), only_for=REVIEWERS, other_staff=ABSENT),
    "commit_import": of_staff(
        "202", path=job(), body=constant({"publish": True}), only_for=REVIEWERS, other_staff=ABSENT
    ),
    "publish_import": of_staff("202", path=job("done"), only_for=REVIEWERS, other_staff=ABSENT),
    "cancel_import": of_staff(path=job("committing"), only_for=REVIEWERS, other_staff=ABSENT),
    "list_import_rows": of_staff(path=job("done"), only_for=REVIEWERS, other_staff=ABSENT),
    "get_import_report": of_staff(path=job("done"), only_for=REVIEWERS, other_staff=ABSENT),
}
