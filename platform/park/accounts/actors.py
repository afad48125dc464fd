"""Who asks: a user, a visitor, or (None) the system itself."""

from django.contrib.auth.models import AnonymousUser

from park.accounts.models import User

Actor = User | AnonymousUser | None


def user_or_none(actor: Actor) -> User | None:
    """The user to write into a record; visitors and the system have none."""
    return actor if isinstance(actor, User) else None
