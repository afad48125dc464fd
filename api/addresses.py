"""Where a request comes from: the far end of the connection, or what our own proxies say of it."""

from allauth.core.internal.httpkit import clean_client_ip
from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "100::"
"""Such as behind a socket file whose proxy says nothing. Nobody can have it (RFC 6666)."""


def client_address(request: HttpRequest) -> str:
    """An IP address, always. X-Forwarded-For counts only as far as our own proxies wrote it:
    whatever is further left may be made up."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    stations = request.headers.get("X-Forwarded-For", "").split(",")
    address = request.META.get("REMOTE_ADDR", "")
    if 0 < proxies <= len(stations) and stations[-proxies].strip():
        address = stations[-proxies]
    return clean_client_ip(address) or UNKNOWN
