"""Where a request comes from, as far as the site's own proxies can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

IPV6_SITE = 64
"""Whoever has one IPv6 address has all of its /64."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> str:
    """The client's address, or blank when the server was reached through a socket file.

    Each proxy adds to X-Forwarded-For the address that it was called from. The last
    `TRUSTED_PROXIES` entries of the way were written by our own proxies; whatever stands before
    them the client may have made up.
    """
    way = _way_of(request)
    trusted = max(settings.TRUSTED_PROXIES, 0)
    for entry in way[max(len(way) - 1 - trusted, 0) :]:
        address = parse_address(entry)
        if address is not None:
            return str(address)
    return ""


def client_site(request: HttpRequest) -> str:
    """What limits count by: the address, of IPv6 the /64 network that it is in."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/{IPV6_SITE}", strict=False))


def parse_address(text: str) -> Address | None:
    """With or without a port and brackets; IPv4 inside IPv6 is the IPv4 address."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _way_of(request: HttpRequest) -> list[str]:
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    steps = forwarded.split(",") if forwarded.strip() else []
    return [*steps, request.META.get("REMOTE_ADDR", "")]
