"""Searches the API for answers it must not give, as long as one lets it: `make fuzz MINUTES=30`.

schemathesis chains requests (what one answer names, the next asks for) as a visitor, a firm and
staff against a platform of its own. `pytest tests/contract` does it in small and without chains.
"""

import argparse
import json
import secrets
import subprocess
import sys

from throwaway import ROOT, Platform, throwaway_platform

# Part of the time, and the demonstration account that asks.
SHARES = {"": 0.1, "demo-enterprise": 0.55, "demo-moderator": 0.35}
# What the description cannot say, or `tests/api/test_role_matrix.py` asks more strictly.
LEFT_OUT = ("positive_data_acceptance", "ignored_auth", "object_level_authorization")
NEVER_LIMITED = json.dumps(
    {
        f"{bucket}.{who}": "99999/s"
        for bucket in ("search", "suggestions", "upload")
        for who in ("visitor", "member")
    }
)
CREATE = """
from park.accounts.models import User
from park.accounts.services import create_token
user = User.objects.get(username="{username}")
print(create_token(actor=user, name="fuzz", scope="write", days=1)[1])
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options = parser.parse_args()
    print(f"Fuzzing for {options.minutes:g} minutes with seed {options.seed}.", flush=True)
    with throwaway_platform("fuzzing", CUOHE_RATE_LIMITS=NEVER_LIMITED) as platform:
        failed = [
            username or "a visitor"
            for username, share in SHARES.items()
            if not is_clean(platform, username, options.minutes * 60 * share, options.seed)
        ]
        errors = (platform.data_dir / "logs" / "web.log").read_text(errors="replace")
        defects = errors.count("Traceback (most recent call last)")
        print(f"The log of the web server holds {defects} tracebacks.")
        if failed:
            print(f"Found something as {', '.join(failed)}; logs: {platform.keep_logs()}")
        return 1 if failed else 0


def is_clean(platform: Platform, username: str, seconds: float, seed: int) -> bool:
    print(f"\nAs {username or 'a visitor'}, for {seconds:.0f} s:", flush=True)
    line = [
        "st",
        "--config-file",
        "tools/schemathesis.toml",
        "fuzz",
        "api/openapi.json",
        "--url",
        platform.address,
    ]
    line += ["--max-time", str(max(1, round(seconds))), "--seed", str(seed)]
    line += ["--exclude-checks", ",".join(LEFT_OUT), "--continue-on-failure"]
    line += ["--exclude-operation-id", "log_out", "--warnings", "off"]
    line += ["--generation-with-security-parameters", "false", "--generation-database", "none"]
    if username:
        token = make_token(platform, username)
        line += ["--header", f"Authorization: Bearer {token}"]
    return subprocess.run(line, cwd=ROOT, env=platform.environment, check=False).returncode == 0


def make_token(platform: Platform, username: str) -> str:
    made = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "-v",
            "0",
            "-c",
            CREATE.format(username=username),
        ],
        cwd=ROOT,
        env=platform.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main())
