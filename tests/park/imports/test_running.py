"""Runs that are killed, that race, that are large: each row once, memory flat."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from market.listings.models import Need
from park.accounts.models import User
from park.core.models import AuditEntry
from park.imports import running, services, tasks
from park.imports.models import ImportedObject, ImportJob, ImportRow, JobStatus
from park.imports.running import STALE_AFTER, run_job, stale_jobs
from park.organisations.models import Organisation
from tests.park.imports.conftest import HEADINGS, need_file, need_row, refusal

Upload = Callable[..., ImportJob]
ROOT = Path(__file__).resolve().parents[3]
ROWS = 3000

SLOW_WORKER = """
import sys, time, uuid, django
django.setup()
from park.imports.running import run_job
def tell(job):
    print(job.rows_done, flush=True)
    time.sleep(0.05)
run_job(uuid.UUID(sys.argv[1]), progress=tell, batch=50)
"""


def counts() -> tuple[int, int, int, int]:
    return (
        Need.objects.count(),
        Need.objects.values("title").distinct().count(),
        ImportedObject.objects.count(),
        AuditEntry.objects.filter(action="imported").count(),
    )


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_taken_over_without_a_doubled_row(
    upload: Upload, moderator: User, service_environment: dict[str, str], real_worker: str
) -> None:
    from django.conf import settings

    job = upload(need_file(range(ROWS)))
    services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)
    environment = service_environment | {"CUOHE_DATA_DIR": str(settings.DATA_DIR)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_WORKER, str(job.pk)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 500:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    job.refresh_from_db()
    assert job.status == JobStatus.COMMITTING
    assert 500 <= job.rows_done < ROWS
    assert counts() == (job.rows_done,) * 4
    # Nobody touches it while it may be alive; then the sweep hands it to a worker.
    assert stale_jobs(timezone.now()) == []
    assert not run_job(job.pk)
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - STALE_AFTER * 2)
    tasks.sweep()
    deadline = time.monotonic() + 120
    while job.status != JobStatus.DONE:
        assert time.monotonic() < deadline
        time.sleep(0.2)
        job.refresh_from_db()
    assert counts() == (ROWS,) * 4
    assert job.counts == {"new": ROWS, "created": ROWS}
    assert ImportRow.objects.filter(job=job, is_applied=True).count() == ROWS


@pytest.mark.django_db
def test_a_worker_that_was_taken_for_dead_writes_nothing_more(
    upload: Upload, moderator: User
) -> None:
    job = upload(need_file(range(10)))
    services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)

    def lose_it(running_job: ImportJob) -> None:
        if running_job.rows_done == 4:
            assert run_job(job.pk, now=timezone.now() + STALE_AFTER * 2, batch=3)

    run_job(job.pk, batch=2, progress=lose_it)
    job.refresh_from_db()
    assert (job.status, job.counts) == (JobStatus.DONE, {"new": 10, "created": 10})
    assert counts() == (10,) * 4


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up(upload: Upload, moderator: User) -> None:
    job = upload(need_file(range(3)))
    services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)
    ImportJob.objects.filter(pk=job.pk).update(attempts=running.MAX_ATTEMPTS)
    assert not run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (JobStatus.FAILED, "import_stuck")


@pytest.mark.django_db
def test_a_file_that_is_gone_fails_the_job_with_a_code(upload: Upload, moderator: User) -> None:
    from park.imports import files

    job = upload(need_file(range(3)))
    files.forget(job.stored_name)
    services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (JobStatus.FAILED, "file_missing")


@pytest.mark.django_db
def test_the_same_file_is_committed_by_one_at_a_time(
    upload: Upload, moderator: User, administrator: User
) -> None:
    first, second = upload(need_file(range(3))), upload(need_file(range(3)), actor=administrator)
    services.commit_import(actor=moderator, job_id=first.pk, is_nudged=False)
    error = refusal(
        lambda: services.commit_import(actor=administrator, job_id=second.pk, is_nudged=False)
    )
    assert error.code == "already_importing"
    run_job(first.pk)
    services.commit_import(actor=administrator, job_id=second.pk, is_nudged=False)
    run_job(second.pk)
    second.refresh_from_db()
    assert second.counts == {"unchanged": 3}
    assert Need.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_lists_with_the_same_rows_at_once_make_each_row_once(
    upload: Upload, moderator: User
) -> None:
    """Two saves of one workbook are two files to a computer; their rows are the same."""
    rows = [need_row(number) for number in range(120)]
    jobs = [upload([HEADINGS, *rows]), upload([HEADINGS, *reversed(rows)])]
    for job in jobs:
        services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def work(job: ImportJob) -> None:
        try:
            start.wait()
            run_job(job.pk, batch=7)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    for job in jobs:
        job.refresh_from_db()
        assert job.status == JobStatus.DONE
    assert sum(job.counts.get("created", 0) for job in jobs) == 120
    assert sum(job.counts.get("unchanged", 0) for job in jobs) == 120
    assert counts() == (120,) * 4


MEASURE = """
import sys, uuid, resource, django
django.setup()
from park.imports.running import run_job
run_job(uuid.UUID(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_rows(
    upload: Upload,
    moderator: User,
    firm: Organisation,
    service_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    from django.conf import settings

    from tests.factories.tables import large_workbook

    environment = service_environment | {"CUOHE_DATA_DIR": str(settings.DATA_DIR)}
    peaks: dict[int, int] = {}
    for size in (1_000, 6_000):
        rows = (need_row(number + size * 10) for number in range(size))
        path = large_workbook(tmp_path / f"{size}.xlsx", [HEADINGS, *rows])
        job = upload(path.read_bytes(), file_name="large.xlsx")
        services.commit_import(actor=moderator, job_id=job.pk, is_nudged=False)
        line = [sys.executable, "-c", MEASURE, str(job.pk)]
        done: Any = subprocess.run(
            line, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        peaks[size] = int(done.stdout)
        job.refresh_from_db()
        assert job.counts["created"] == size
    assert peaks[6_000] - peaks[1_000] < 12, peaks


@pytest.mark.django_db
def test_what_waits_too_long_is_seen_by_the_sweep(upload: Upload, moderator: User) -> None:
    job = upload(need_file(range(3)))
    services.preview_import(actor=moderator, job_id=job.pk, is_nudged=False)
    now = timezone.now()
    assert stale_jobs(now + timedelta(seconds=30)) == []
    assert stale_jobs(now + STALE_AFTER + timedelta(seconds=1)) == [job.pk]


@pytest.mark.django_db
def test_an_old_file_is_deleted_and_its_record_stays(upload: Upload, moderator: User) -> None:
    from park.imports import files

    job = upload(need_file(range(3)))
    assert running.forget_files(timezone.now()) == 0
    assert running.forget_files(timezone.now() + running.KEPT_FOR * 2) == 1
    assert not files.path_of(job.stored_name).exists()
    services.preview_import(actor=moderator, job_id=job.pk, is_nudged=False)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (JobStatus.FAILED, "file_missing")
