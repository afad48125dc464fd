import factory
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from factory.django import DjangoModelFactory

from park.accounts.models import StaffRole, User
from park.accounts.policies import holds_staff_powers
from park.accounts.second_factor import encrypt


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

    @factory.post_generation
    def is_proven(self, create: bool, extracted: bool | None, **kwargs: object) -> None:
        """`is_proven=False`: an address that was typed in and never confirmed."""
        if self.email and extracted is not False:
            EmailAddress.objects.create(
                user=self, email=self.email.lower(), verified=True, primary=True
            )

    @factory.post_generation
    def is_guarded(self, create: bool, extracted: bool | None, **kwargs: object) -> None:
        """`is_guarded=False`: staff who have not set up their second factor yet."""
        if extracted is not False:
            guard_staff(self)


# The example of RFC 6238; nobody signs in with it unless a test computes its codes.
TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def guard_staff(user: User) -> User:
    """Staff need a second factor before the API answers them; others are left as they are."""
    if holds_staff_powers(user):
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(TOTP_SECRET)}
        )
    return user


def make_staff(*roles: StaffRole) -> User:
    """Park staff; moderators unless told otherwise."""
    return UserFactory(staff_roles=list(roles or (StaffRole.MODERATOR,)))
