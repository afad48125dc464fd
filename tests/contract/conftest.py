"""The contract is tested on the same small park as the API."""

from tests.api.conftest import _no_requests_of_earlier_tests, no_worker, world

__all__ = ["_no_requests_of_earlier_tests", "no_worker", "world"]
