"""The list endpoint at 100 000 entries against itself at 1 000, and against a bare ninja endpoint.

Runs the whole stack in one process (middleware, authentication, service, JSON) on a PostgreSQL and
a database of its own, which vanish at the end. `python -m tools.bench.api`
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"small": 1_000, "large": 100_000}
RUNS = 5
REQUESTS = 40
LIMITS = (20, 100)
MAX_GROWTH = 1.3
MAX_OVER_BARE = 3.0

# Texts of a usual length; every entry has another one, so that nothing compresses unduly.
FILL = """
INSERT INTO {schema}.listings_need
SELECT (jsonb_populate_record(template, jsonb_build_object(
    'id', gen_random_uuid(),
    'title', '铜电解液中痕量砷的在线脱除与监测 ' || number,
    'problem', repeat('电解液中砷含量波动，人工取样滞后，阴极铜合格率下降。' || number, 12),
    'published_at', now() - number * interval '1 minute',
    'due_on', (now() + interval '200 days')::date
))).*
FROM {schema}.listings_need AS template, generate_series(1, {count}) AS number
"""


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    with own_services(), own_database():
        make_tables()
        from django.test import Client

        client = Client()
        is_good = True
        for limit in LIMITS:
            is_good &= _report(client, limit)
    return 0 if is_good else 1


@contextmanager
def own_services() -> Iterator[None]:
    """Servers that keep nothing, so that a benchmark neither disturbs nor fills a real one."""
    from config.embedded import ensure_services

    folder = Path(tempfile.mkdtemp(prefix="cuohe-bench-"))
    (folder / "static").mkdir()
    # The database runs as another user when we are root, who must be able to pass through.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    os.environ["CUOHE_DATA_DIR"] = str(folder)
    try:
        with ensure_services(folder, is_durable=False) as urls:
            os.environ["DATABASE_URL"] = urls.database_url
            os.environ["REDIS_URL"] = urls.redis_url
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_database() -> Iterator[None]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.ROOT_URLCONF = "tools.bench.bare"
    name = connection.creation.create_test_db(verbosity=0)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def make_tables() -> None:
    """A small and a large table of the same shape, chosen by the search path."""
    from django.db import connection

    from tests.factories import NeedFactory

    need = NeedFactory(status="published", indicators=0)
    with connection.cursor() as cursor:
        for schema, count in SIZES.items():
            cursor.execute(f"CREATE SCHEMA {schema}")
            cursor.execute(
                f"CREATE TABLE {schema}.listings_need (LIKE public.listings_need INCLUDING ALL)"
            )
            cursor.execute(f"INSERT INTO {schema}.listings_need TABLE public.listings_need")
            cursor.execute(FILL.format(schema=schema, count=count - 1))
            cursor.execute(f"ANALYZE {schema}.listings_need")
    need.delete()


def _report(client: Any, limit: int) -> bool:
    def listed(path: str, schema: str) -> Callable[[], float]:
        return lambda: _milliseconds(client, f"{path}?limit={limit}", schema, limit)

    ours = "/api/v1/needs"
    small, large, growth = _paired(listed(ours, "small"), listed(ours, "large"))
    bare, whole, over_bare = _paired(listed("/bare/needs", "large"), listed(ours, "large"))
    print(f"list of {limit}, milliseconds a request (medians of {RUNS} paired runs)")
    print(f"  1 000 entries {small:6.2f}   100 000 entries {large:6.2f}   × {growth:.2f}", end="")
    print(f"   (at most {MAX_GROWTH})")
    print(f"  bare ninja    {bare:6.2f}   ours            {whole:6.2f}   × {over_bare:.2f}", end="")
    print(f"   (at most {MAX_OVER_BARE})")
    return growth <= MAX_GROWTH and over_bare <= MAX_OVER_BARE


def _paired(one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float, float]:
    """Medians of both and of the ratio; a pair runs back to back, so that noise hits both alike."""
    for warm_up in (one, other):
        warm_up()
    pairs = [(one(), other()) for _ in range(RUNS)]
    return (
        statistics.median(first for first, _ in pairs),
        statistics.median(second for _, second in pairs),
        statistics.median(second / first for first, second in pairs),
    )


def _milliseconds(client: Any, path: str, schema: str, limit: int) -> float:
    """The median time of a request."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {schema}, public")
    answer = client.get(path)
    assert len(answer.json()["items"]) == limit, answer.content[:500]
    times = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    sys.exit(main())
