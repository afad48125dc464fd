#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    # `platform/` is a source root, never a package: its folders are imported by their own names.
    sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import ServiceError, provide_services
    from django.core.management import execute_from_command_line

    try:
        services = provide_services(sys.argv)
    except ServiceError as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    finally:
        if services is not None:
            services.close()


if __name__ == "__main__":
    main()
