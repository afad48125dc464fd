"""The second factor of an account: whether there is one, and how its secrets are kept.

Codes, sessions and pages are django-allauth's; this is what the floors above need to know of them.
"""

import base64
import hashlib

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from park.accounts.models import User
from park.core.errors import DomainError

# Recovery codes alone are no factor: they only replace one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def encrypt(secret: str) -> str:
    """A stolen database alone opens no account: the key is made of the site's secret key."""
    return _cipher().encrypt(secret.encode()).decode("ascii")


def decrypt(encrypted: str) -> str:
    """Raises second_factor_unreadable when the site's secret key is another one now."""
    try:
        return _cipher().decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise DomainError("second_factor_unreadable") from error


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [hashlib.sha256(f"second-factor:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
