"""`manage.py check --deploy` on the settings that docs/operating.md gives for production."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPERATING = ROOT / "docs" / "operating.md"


def documented_environment() -> dict[str, str]:
    """The block of `NAME=value` lines under "Production settings"."""
    text = OPERATING.read_text(encoding="utf-8")
    block = re.search(r"## Production settings.*?```sh\n(.*?)```", text, re.DOTALL)
    assert block
    lines = [line for line in block[1].splitlines() if line and not line.startswith("#")]
    return dict(line.partition("=")[::2] for line in lines)


def run(arguments: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CUOHE_")
    }
    environment |= documented_environment()
    # The services of this session; what the document names does not exist here.
    for name in ("DATABASE_URL", "REDIS_URL", "CUOHE_DATA_DIR"):
        environment[name] = os.environ[name]
    environment |= changes
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    return run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **changes)


@pytest.mark.parametrize("hsts", ["", "subdomains", "preload"])
def test_production_settings_are_clean(hsts: str) -> None:
    checked = check(**({"CUOHE_HSTS": hsts} if hsts else {}))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "no issues" in checked.stdout
    if hsts == "preload":  # then there is nothing left to silence
        assert "0 silenced" in checked.stdout


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"CUOHE_DEBUG": "true"}, "security.W018"),
        ({"CUOHE_SECRET_KEY": "short"}, "security.W009"),
        ({"CUOHE_BEHIND_HTTPS": "false"}, "security.W012"),
        ({"CUOHE_ALLOWED_HOSTS": "*"}, "cuohe.W001"),
        ({"CUOHE_ALLOWED_HOSTS": "localhost"}, "cuohe.W002"),
        ({"CUOHE_TRUSTED_PROXIES": "0"}, "cuohe.W003"),
    ],
)
def test_a_slip_is_told(changes: dict[str, str], code: str) -> None:
    checked = check(**changes)
    assert checked.returncode != 0
    assert code in checked.stderr


@pytest.mark.parametrize(
    "limits", ['{"serch.visitor": "1/min"}', '{"search.visitor": "many"}', "30/min"]
)
def test_a_limit_that_cannot_be_meant_stops_the_start(limits: str) -> None:
    assert check(CUOHE_RATE_LIMITS=limits).returncode != 0


ASK = """
import config.settings, django
django.setup()
from django.conf import settings
from django.test import Client
from django.urls import path, include
import config.urls
def broken(request): raise RuntimeError("a defect of ours")
config.urls.urlpatterns.insert(0, path("api/v1/broken", broken))
proxied = Client(raise_request_exception=False, HTTP_HOST="cuohe.example.cn",
                 HTTP_X_FORWARDED_PROTO="https", REMOTE_ADDR="10.0.0.5")
plain = Client(HTTP_HOST="cuohe.example.cn")
answer = proxied.get("/api/v1/session")
print(answer.status_code, answer.headers["Strict-Transport-Security"])
cookie = answer.cookies["csrftoken"]
print(cookie["secure"], cookie["samesite"])
print(plain.get("/api/v1/session").status_code, plain.get("/api/v1/health").status_code)
print(proxied.get("/api/v1/session", HTTP_HOST="evil.example").status_code)
print(proxied.get("/api/v1/broken").status_code)
"""


@pytest.mark.django_db(transaction=True)
def test_the_site_itself_behaves_so_behind_a_proxy(service_environment: dict[str, str]) -> None:
    asked = run(["-c", ASK], **service_environment)
    assert asked.returncode == 0, asked.stderr
    first, cookie, plain, evil, broken = asked.stdout.splitlines()[-5:]
    assert first == "200 max-age=31536000"
    assert cookie == "True Lax"
    assert plain.split()[0] == "301"
    assert plain.split()[1] in ("200", "503")  # monitored on the machine itself, without TLS
    assert evil == "400"
    # The traceback of a defect is in the log, not only the status.
    assert broken == "500"
    assert "RuntimeError: a defect of ours" in asked.stderr
