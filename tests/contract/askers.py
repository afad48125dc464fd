"""Who sends what schemathesis makes up, and about which real things."""

from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from django.conf import settings
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from tests.api.role_rows import all_rows
from tests.api.world import API, World, client_of

ROWS = all_rows()
# Some more often than others: refusals are all alike.
TURNS = ("member", "staff", "visitor", "member", "token", "staff", "member", "stranger")
REAL_IDS = (True, True, True, False, True)
"""Whether ids that were made up give way to those of real things. Its length and that of the turns
have no common divisor, so that everybody asks about both."""


@dataclass(frozen=True)
class Asker:
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


class Park:
    """A small park and the people who ask about it, for all requests to one operation."""

    def __init__(self, world: World) -> None:
        self.world = world
        secret = world.secret_of(world.member, "write")
        self.askers = {
            "visitor": Asker(),
            "token": Asker(headers={"Authorization": f"Bearer {secret}"}),
            **{name: signed_in(getattr(world, name)) for name in ("member", "staff", "stranger")},
        }
        self.ids: dict[str, Any] | None = None
        self._turns = cycle(TURNS)
        self._real = cycle(REAL_IDS)
        self._given: dict[str, tuple[Asker, bool]] = {}

    def prepare(self, case: Case) -> Asker:
        """Puts real ids into a request, and says who sends it: for the same request the same."""
        key = repr((case.method, case.path_parameters, case.query, case.body))
        if key not in self._given:
            self._given[key] = self.askers[next(self._turns)], next(self._real)
        asker, is_real = self._given[key]
        if self.ids is None:
            row = ROWS[case.operation.definition.raw["operationId"]]
            self.ids = {name: str(value) for name, value in row.path(self.world).items()}
        _name_real_things(case, self.ids if is_real else {}, self.world)
        return asker


def signed_in(user: Any) -> Asker:
    client = client_of(user)
    token = client.get(f"{API}/session").json()["csrf_token"]
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookies = {name: client.cookies[name].value for name in names}
    return Asker(headers={"X-CSRFToken": token}, cookies=cookies)


def _name_real_things(case: Case, ids: dict[str, Any], world: World) -> None:
    """What schemathesis means to be wrong stays as it is."""
    parts = case.meta.components if case.meta else {}
    path, body = parts.get(ParameterLocation.PATH), parts.get(ParameterLocation.BODY)
    if path is not None and path.mode.is_positive:
        case.path_parameters = {
            name: ids.get(name, value) for name, value in case.path_parameters.items()
        }
    is_right = body is not None and body.mode.is_positive and isinstance(case.body, dict)
    if is_right and "organisation_id" in case.body:
        case.body = {**case.body, "organisation_id": str(world.firm.pk)}
