"""Imports a list from the terminal: the same rules as on the page, without a worker."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from park.core.errors import DomainError
from park.imports import services
from park.imports.models import ImportJob, JobStatus, Outcome
from park.imports.owners import Owners
from park.imports.running import run_job
from park.organisations.models import Organisation

CHUNK = 1024 * 1024
SHOWN = 200


class Command(BaseCommand):
    help = "Import a list (.xlsx, .csv, .jsonl). Exit code 1 when a row was refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", required=True, choices=["need", "capability", "instrument"])
        parser.add_argument(
            "--organisation",
            default="",
            help="name, id or credit code of whose entries they are where the row names nobody",
        )
        parser.add_argument("--publish", action="store_true", help="show them to everybody at once")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="what a column means, where its heading does not say it; COLUMN= ignores it",
        )
        parser.add_argument(
            "--apply-changes", action="store_true", help="change entries of earlier imports too"
        )
        parser.add_argument(
            "--accept-doubtful", action="store_true", help="take rows that a person should look at"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = self._start(options)
            self._run(job, options)
        except DomainError as error:
            raise CommandError(_sentence(error)) from error
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        job.refresh_from_db()
        self._report(job)
        if job.status not in (JobStatus.DONE, JobStatus.PREVIEWED):
            raise CommandError(f"{job.error_code or job.status} {job.error_data or ''}".strip())
        if job.counts.get(Outcome.BAD.value):
            raise CommandError(f"{job.counts[Outcome.BAD.value]} rows were refused")

    def _start(self, options: dict[str, Any]) -> ImportJob:
        path: Path = options["file"]
        organisation = _find_organisation(options["organisation"])
        job = services.start_import(
            actor=None,
            kind=options["kind"],
            file_name=path.name,
            chunks=_chunks(path),
            organisation_id=None if organisation is None else organisation.pk,
        )
        mapping = {
            column["heading"]: column["field"]
            for column in job.columns
            if column["field"] and not column["is_doubtful"]
        }
        said = _said(options["map"])
        for column in job.columns:
            if column["is_doubtful"] and column["heading"] not in said:
                guess = f", perhaps {column['field']}" if column["field"] else ""
                self.stderr.write(f"ignored column {column['heading']!r}{guess} (see --map)")
        return services.map_columns(actor=None, job_id=job.pk, columns=mapping | said)

    def _run(self, job: ImportJob, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            services.preview_import(actor=None, job_id=job.pk, is_nudged=False)
        else:
            services.commit_import(
                actor=None,
                job_id=job.pk,
                publish=options["publish"],
                apply_changes=options["apply_changes"],
                accept_doubtful=options["accept_doubtful"],
                is_nudged=False,
            )
        quiet = True if options["verbosity"] == 0 else None
        with tqdm(desc=job.file_name, unit="row", delay=0.5, disable=quiet) as bar:
            run_job(job.pk, progress=lambda now: bar.update(now.rows_done - bar.n))

    def _report(self, job: ImportJob) -> None:
        for number, row in enumerate(job.rows.exclude(issues=[]).order_by("number").iterator()):
            if number >= SHOWN:
                self.stderr.write("… more in the list of imports")
                break
            for issue in row.issues:
                value = f" {issue['value']!r}" if issue.get("value") else ""
                self.stderr.write(
                    f"row {row.number} {issue['level']} {issue['column'] or '-'}: "
                    f"{issue['code']}{value}"
                )
        counts = ", ".join(f"{name} {count}" for name, count in sorted(job.counts.items()))
        self.stdout.write(f"{job.rows_done} rows: {counts or 'nothing'}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _find_organisation(text: str) -> Organisation | None:
    if not text:
        return None
    try:
        found = Organisation.objects.filter(pk=UUID(text)).first()
    except ValueError:
        certain = Owners().certain(text)
        found = None if certain is None else Organisation.objects.get(pk=certain.id)
    if found is None:
        raise CommandError(f"no organisation is called {text!r}")
    return found


def _said(pairs: Iterable[str]) -> dict[str, str]:
    said = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column:
            raise CommandError(f"--map wants COLUMN=FIELD, not {pair!r}")
        said[column] = field
    return said


def _sentence(error: DomainError) -> str:
    fields = error.data.get("fields")
    if not fields:
        return str(error)
    return "; ".join(f"{fault['field']}: {fault['code']}" for fault in fields)
