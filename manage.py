#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    # `platform/` is a source root, never a package: its folders are imported by their own names.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config import embedded, preflight
    from config.env import get_env

    try:
        if sys.argv[1:2] == ["serve"]:
            preflight.claim(get_env())
        embedded.provide_services(sys.argv)
    except (embedded.ServiceError, preflight.StartRefusedError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        execute_from_command_line(sys.argv)
    finally:
        embedded.let_go()


if __name__ == "__main__":
    main()
