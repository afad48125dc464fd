"""Where django-allauth asks us: addresses, mails, sign-up, and who must prove an address."""

import secrets
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from api.addresses import client_address
from park.accounts import second_factor, services
from park.accounts.models import Language, User
from park.accounts.policies import must_prove_address
from park.core.errors import DomainError
from park.notifications import mail

_OWN_STAGES = {
    "allauth.account.stages.EmailVerificationStage": "api.accounts.adapters.ProvenAddressStage"
}


UNKNOWN_ADDRESS = "100::"
"""Such as behind a socket file whose proxy says nothing. Nobody can have it (RFC 6666)."""


def display_name_of(user: User) -> str:
    return user.display_name or user.username


def request_language() -> str:
    """The language of the request, as one of `Language`."""
    is_english = (get_language() or "").startswith("en")
    return (Language.ENGLISH if is_english else Language.CHINESE).value


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or UNKNOWN_ADDRESS

    # --- signing up ---

    def new_user(self, request: HttpRequest) -> User:
        return User(signed_up_at=timezone.now(), language=request_language())

    def generate_unique_username(self, txts: list[str | None], regex: str | None = None) -> str:
        """Tells nothing: others see it, for example in records, and the address is private."""
        return f"user-{secrets.token_hex(6)}"

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as error:
            # The same address from two windows at once: the database let the other one in.
            raise DomainError("wrong_state") from error

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account costs a slow hash. Without one here the time would tell which it was.
        make_password(secrets.token_hex(8))
        super().send_account_already_exists_mail(email)

    # --- signing in ---

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whoever was locked out hears the same as whoever mistypes."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def get_login_stages(self) -> list[str]:
        return [_OWN_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    # --- e-mail addresses and mails ---

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Raises email_taken when an account that an administrator made has the address."""
        others = User.objects.exclude(pk=email_address.user_id)
        if others.filter(email__iexact=email_address.email).exists():
            raise DomainError("email_taken")
        return super().confirm_email(request, email_address)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Our own text of the same name, in the language of the account or of the request."""
        user = context.get("user")
        language = (user.language if isinstance(user, User) else "") or request_language()
        # Only plain values: the texts shall not reach into requests and accounts.
        values = {name: value for name, value in context.items() if isinstance(value, str)}
        values.pop("email", None)
        mail.send_text(template_prefix.rpartition("/")[2], to=email, language=language, **values)


class ProvenAddressStage(EmailVerificationStage):
    """Only who signed up must prove an address; an administrator answers for other accounts."""

    def handle(self) -> Any:
        user = self.login.user
        if isinstance(user, User) and not must_prove_address(user):
            return None, True
        return super().handle()


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return second_factor.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.decrypt(encrypted_text)


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        request: Any = self.request
        user = request.user
        services.end_sessions(actor=user, user=user, sessions=sessions)
