from typing import Any

import pytest

from park.core.errors import DomainError


def refusal(call: Any) -> DomainError:
    """What the call is refused with."""
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


@pytest.fixture(name="refusal")
def _refusal() -> Any:
    return refusal
