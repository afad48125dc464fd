"""Runs the browser journeys against a platform of their own, started fresh and stopped after."""

import subprocess
import sys

from throwaway import ROOT, throwaway_platform


def main() -> int:
    with throwaway_platform("the browser journeys") as platform:
        journeys = subprocess.run(
            ["npm", "run", "--silent", "e2e", "--prefix", "frontend", "--", *sys.argv[1:]],
            cwd=ROOT,
            env={
                **platform.environment,
                "E2E_BASE_URL": platform.address,
                "E2E_LOGINS": str(platform.data_dir / "demo-logins.json"),
                "E2E_MAIL": str(platform.data_dir / "mail"),
            },
            check=False,
        )
        if journeys.returncode != 0:
            print(f"The platform's logs are kept in {platform.keep_logs()}", file=sys.stderr)
        return journeys.returncode


if __name__ == "__main__":
    sys.exit(main())
