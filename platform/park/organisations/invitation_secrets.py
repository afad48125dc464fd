"""Secrets of invitations: made once for a mail, kept as a hash."""

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits, fit for a link."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def masked_email(email: str) -> str:
    """Enough to recognise one's own address, too little to learn another's."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
