import factory
from factory.django import DjangoModelFactory

from park.accounts.models import StaffRole, User


class UserFactory(DjangoModelFactory):
    """A user who belongs nowhere: a stranger. Give `password=` to sign in with it."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user-{n}")
    display_name = factory.Sequence(lambda n: f"用户{n}")

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **kwargs: object) -> None:
        if extracted:
            self.set_password(extracted)
            self.save()


def make_staff(*roles: StaffRole) -> User:
    """Park staff; moderators unless told otherwise."""
    return UserFactory(staff_roles=list(roles or (StaffRole.MODERATOR,)))
