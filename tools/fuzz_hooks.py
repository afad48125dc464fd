"""What schemathesis shall not try: loaded by it, named in `schemathesis.toml`."""

from urllib.parse import urlencode

import schemathesis

LONGEST_LINE = 3500
"""Longer ones are the web server's to refuse (414), before the API that is described sees them."""


@schemathesis.hook
def filter_case(context, case) -> bool:
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    return len(case.formatted_path) + len(query) < LONGEST_LINE
