"""One firm with its people, one stranger, one moderator; every test runs for both lists."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from market.listings import services
from market.listings.kinds import ListingKind
from market.listings.models import Capability, Need
from market.listings.states import Status
from park.accounts.models import User
from park.core.errors import DomainError
from park.core.models import OutboxEvent
from park.organisations.models import MembershipRole, Organisation
from tests.factories import (
    CapabilityFactory,
    NeedFactory,
    OrganisationFactory,
    capability_content,
    make_member,
    make_staff,
    need_content,
)


@pytest.fixture(params=list(ListingKind))
def kind(request: pytest.FixtureRequest) -> ListingKind:
    return request.param


@pytest.fixture
def firm(db: None) -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def editor(firm: Organisation) -> User:
    return make_member(firm)


@pytest.fixture
def viewer(firm: Organisation) -> User:
    return make_member(firm, MembershipRole.VIEWER)


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody from another firm, who may write there."""
    return make_member(OrganisationFactory(), MembershipRole.OWNER)


@pytest.fixture
def moderator(db: None) -> User:
    return make_staff()


@pytest.fixture
def content(kind: ListingKind) -> dict[str, Any]:
    return need_content() if kind is ListingKind.NEED else capability_content()


@pytest.fixture
def main_text(kind: ListingKind) -> str:
    """A field whose change staff review."""
    return "problem" if kind is ListingKind.NEED else "description"


@pytest.fixture
def make(kind: ListingKind, firm: Organisation) -> Callable[..., Need | Capability]:
    """An entry of the firm in any state."""
    factory = NeedFactory if kind is ListingKind.NEED else CapabilityFactory

    def build(status: Status = Status.DRAFT, **values: Any) -> Need | Capability:
        return factory(**{"organisation": firm, "status": status} | values)

    return build


@pytest.fixture
def do(kind: ListingKind) -> Callable[..., Any]:
    """Calls a service by its verb with what it needs at least."""
    extra: dict[str, dict[str, Any]] = {
        "return": {"edits": [{"field": "title", "advice": "写明对象"}]},
        "close": {"reason": "no_longer_needed"},
        "edit": {"version": 1, "content": {"title": "改过的标题"}},
    }

    def call(verb: str, actor: User | None, listing_id: UUID, **arguments: Any) -> Any:
        service = getattr(services, f"{verb}_listing")
        given = extra.get(verb, {}) | arguments
        return service(actor=actor, kind=kind, listing_id=listing_id, **given)

    return call


@pytest.fixture
def told() -> Callable[[Any], int]:
    """How often matching was told about an entry."""

    def count(listing: Need | Capability) -> int:
        payload = {"kind": listing.listing_kind.value, "object_id": str(listing.pk)}
        return OutboxEvent.objects.filter(topic="item.changed", payload=payload).count()

    return count


def refusal(call: Callable[[], Any]) -> DomainError:
    """The error that the call ends with."""
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


@pytest.fixture(name="refusal")
def refusal_fixture() -> Callable[[Callable[[], Any]], DomainError]:
    return refusal
