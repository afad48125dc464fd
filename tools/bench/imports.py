"""A list of 50 000 needs imported in one go, against one of 5 000: rows a second and memory.

The worker's part runs in a process of its own, whose largest memory is what counts; the database
is its own too and vanishes at the end. `python -m tools.bench.imports`
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from tools.bench.api import ROOT, own_database, own_services

SIZES = (5_000, 50_000)
MAX_GROWTH_MB = 40
MAX_SECONDS = 600

WORKER = """
import resource, sys, uuid
import django
django.setup()
from park.imports.running import run_job
run_job(uuid.UUID(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
HEADINGS = (
    "编号", "技术需求名称", "拟解决的主要技术问题", "核心/考核指标", "资金投入（万元）", "完成时限",
    "产业链", "提出单位", "联系人", "联系电话",
)  # fmt: skip


def rows(size: int) -> Iterator[tuple[str, ...]]:
    yield HEADINGS
    for number in range(size):
        yield (
            f"{size}-{number}",
            f"第{number}号铜电解液中痕量砷的在线脱除",
            f"第{number}号槽电解液中砷含量波动，人工取样滞后，阴极铜合格率下降。" * 6,
            f"1.砷含量≤0.{number % 9 + 1}mg/L；2.阴极铜合格率≥99.5%；3.处理量100~200 m3",
            f"{number % 90 + 10}-{number % 90 + 60}",
            "2099年12月31日",
            "铜精深加工",
            "示例铜业有限公司",
            "陈工",
            "13800001234",
        )


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    with own_services(), own_database(), tempfile.TemporaryDirectory() as folder:
        from tests.factories import OrganisationFactory

        OrganisationFactory(name="示例铜业有限公司", credit_code="")
        found = {size: _measure(size, Path(folder)) for size in SIZES}
    for size, (seconds, memory) in found.items():
        print(f"{size:>7} rows {seconds:7.1f} s  {size / seconds:7.0f} rows/s  {memory:4} MB")
    small, large = (found[size] for size in SIZES)
    growth = large[1] - small[1]
    print(f"memory grows by {growth} MB (at most {MAX_GROWTH_MB})")
    return 0 if growth <= MAX_GROWTH_MB and large[0] <= MAX_SECONDS else 1


def _measure(size: int, folder: Path) -> tuple[float, int]:
    """Seconds, and megabytes at most, of publishing a workbook of so many rows."""
    from market.listings.models import Need
    from park.imports import services
    from park.imports.models import ImportJob
    from tests.factories.tables import large_workbook

    path = large_workbook(folder / f"{size}.xlsx", rows(size))
    with path.open("rb") as file:
        job = services.start_import(
            actor=None, kind="need", file_name=path.name, chunks=iter(lambda: file.read(65536), b"")
        )
    services.commit_import(actor=None, job_id=job.pk, publish=True, is_nudged=False)
    start = time.perf_counter()
    line = [sys.executable, "-c", WORKER, str(job.pk)]
    done = subprocess.run(
        line, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - start
    job = ImportJob.objects.get(pk=job.pk)
    assert job.counts["created"] == size, (job.status, job.error_code, job.counts)
    assert Need.objects.filter(status="published", indicators__isnull=False).exists()
    return seconds, int(done.stdout)


def _environment() -> dict[str, str]:
    from django.db import connection

    database = connection.settings_dict
    options = {"host": database["HOST"], "port": database["PORT"]}
    query = urlencode({key: value for key, value in options.items() if value})
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?{query}",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


if __name__ == "__main__":
    sys.exit(main())
