"""Whole exports of 1 000 and 100 000 entries: the memory they take over, and rows a second.

Runs the whole stack in one process on a PostgreSQL of its own. `python -m tools.bench.exports`
"""

import sys
import time
from typing import Any

from tools.bench import api

MAX_MORE_MEMORY = 40.0
"""Megabytes that the large export may take beyond the small one. Its file has more than that."""


def main() -> int:
    sys.path[:0] = [str(api.ROOT), str(api.ROOT / "platform")]
    with api.own_services(), api.own_database():
        api.make_tables()
        from django.test import Client

        client = Client()
        _export(client, "small", "xlsx")  # what is loaded once is not the export's
        reports = [_report(client, form) for form in ("csv", "xlsx")]
        return 0 if all(reports) else 1


def _report(client: Any, form: str) -> bool:
    small, _, _ = _export(client, "small", form)
    large, size, seconds = _export(client, "large", form)
    more = large - small
    rate = api.SIZES["large"] / seconds
    print(f"export as {form}: {size:.0f} MB in {seconds:.1f} s, {rate:,.0f} rows a second")
    print(
        f"  memory above the start: 1 000 rows {small:.1f} MB, 100 000 rows {large:.1f} MB", end=""
    )
    print(f"   (at most {MAX_MORE_MEMORY:.0f} MB more)")
    return more <= MAX_MORE_MEMORY


def _export(client: Any, schema: str, form: str) -> tuple[float, float, float]:
    """(highest memory above the start in MB, size in MB, seconds)."""
    import psutil
    from django.core.cache import cache
    from django.db import connection

    for key in cache._cache.get_client(write=True).scan_iter("*attempts:*"):  # noqa: SLF001
        cache._cache.get_client(write=True).delete(key)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {schema}, public")
    process = psutil.Process()
    before = process.memory_info().rss
    highest, size, start = before, 0, time.perf_counter()
    answer = client.get(f"/api/v1/needs/export?format={form}")
    assert answer.status_code == 200, answer.content[:500]
    for number, piece in enumerate(answer.streaming_content):
        size += len(piece)
        if number % 50 == 0:
            highest = max(highest, process.memory_info().rss)
    seconds = time.perf_counter() - start
    return (highest - before) / 1e6, size / 1e6, seconds


if __name__ == "__main__":
    sys.exit(main())
