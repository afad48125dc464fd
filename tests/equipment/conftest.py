from datetime import datetime

import pytest

from tests.factories.equipment import at


@pytest.fixture
def now() -> datetime:
    """Monday 2 March 2026, 9:10 in the park."""
    return at(0, 9, 10)
