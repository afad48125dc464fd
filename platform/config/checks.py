"""What Django's own `check --deploy` does not know about this site's settings."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

ONLY_HERE = {"localhost", "127.0.0.1", "[::1]"}


@register(Tags.security, deploy=True)
def check_hosts(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """A wildcard lets anybody choose the host in the links of mails; defaults answer nobody."""
    hosts = set(settings.ALLOWED_HOSTS)
    if any("*" in host for host in hosts):
        return [checks.Warning("CUOHE_ALLOWED_HOSTS allows every host.", id="cuohe.W001")]
    if hosts <= ONLY_HERE:
        return [
            checks.Warning("CUOHE_ALLOWED_HOSTS names no host but this machine.", id="cuohe.W002")
        ]
    return []


@register(Tags.security, deploy=True)
def check_proxies(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Behind a proxy that is not counted, one noisy visitor uses up everybody's limits."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and not settings.TRUSTED_PROXIES:
        return [checks.Warning("CUOHE_TRUSTED_PROXIES is 0 behind a proxy.", id="cuohe.W003")]
    return []
