"""Whatever the description allows or forbids, the API answers as the description says.

schemathesis makes up requests from `api/openapi.json`, the boundaries of every field among them,
and judges the answers: no server error, only documented statuses, types and shapes, and nothing
wrong accepted. The same requests come in every run; `make fuzz` looks further with new ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from schemathesis import Case
from schemathesis.checks import CheckFunction, load_all_checks
from schemathesis.specs.openapi import checks

from tests.api.world import World
from tests.contract.askers import Park
from tests.contract.description import schema

load_all_checks()
schema.app = get_wsgi_application()
EXAMPLES = 12
"""Beside the boundaries, which are counted out."""
LEFT_OUT: list[CheckFunction] = [
    # The role × operation table asks these more strictly.
    checks.ignored_auth,
    checks.object_level_authorization,
    # Whether a rule of the domain is broken is not in the description.
    checks.positive_data_acceptance,
    # Only a chain of requests can show these; see `tools/fuzz.py`.
    checks.use_after_free,
    checks.ensure_resource_availability,
]


@pytest.fixture
def park(world: World, no_worker: None, settings: Any) -> Park:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "100000/s")
    return Park(world)


@contextmanager
def undone() -> Iterator[None]:
    """What is written meanwhile never was; the application stays within the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:  # as Django's own test client does
        signal.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@schema.parametrize()
@examples(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_to_its_description(case: Case, park: Park) -> None:
    asker = park.prepare(case)
    with undone():
        case.call_and_validate(
            headers=dict(asker.headers), cookies=dict(asker.cookies), excluded_checks=LEFT_OUT
        )
