"""What is asked of PostgreSQL: dumps in one snapshot, databases made aside and put in place.

Its programs are those of the embedded server or the system's, whichever fit the server.
"""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from config import keeper
from config.backup.manifest import BackupError
from config.embedded import ServiceError

# A second copy of the vectors, made again where it is wanted (see `matching.index.pgvector`).
LEFT_OUT = ("matching_vector", "matching_vector_id_seq")
LEFT_OUT_EXTENSION = "vector"
MAINTENANCE = "postgres"
_VERSION = re.compile(r"\) (\d+)")

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True)
class StoredRow:
    """What the files' table says of one stored name."""

    name: str
    sha256: str


class Server:
    """The server that a postgresql:// URL names, and one database on it."""

    def __init__(self, url: str) -> None:
        self.params = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        self.name = self.params.get("dbname") or "cuohe"

    @contextmanager
    def connect(self, name: str = "", *, autocommit: bool = True) -> Iterator[Connection]:
        params = {**self.params, "dbname": name or self.name}
        try:
            connection = psycopg.connect(make_conninfo(**params), autocommit=autocommit)
        except psycopg.OperationalError as error:
            raise BackupError(f"The database does not answer: {_last_line(str(error))}") from error
        with connection:
            yield connection

    def version(self) -> int:
        with self.connect(MAINTENANCE) as connection:
            return connection.info.server_version

    def run(
        self, program: Path, *words: str, name: str = "", output: IO[bytes] | None = None
    ) -> bytes:
        """Raises BackupError with the program's own last words."""
        params = {**self.params, "dbname": name or self.name}
        password = params.pop("password", "")
        environment = {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
        line = [str(program), f"--dbname={make_conninfo(**params)}", "--no-password", *words]
        done = subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            stdout=output if output is not None else subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
        if done.returncode != 0:
            raise BackupError(f"{program.name} failed: {_first_error(done.stderr)}")
        return done.stdout or b""


# --- programs ---


def find_program(name: str, least: int, best: int) -> tuple[Path, int]:
    """`pg_dump` or `pg_restore` of major version `best`, else the next newer than `least`.

    A newer program reads an older server, but what it writes may ask for more than an old one has.
    """
    found = dict(_programs(name))
    fitting = sorted(version for version in found if version >= least)
    if not fitting:
        raise BackupError(
            f"No {name} of PostgreSQL {least} or newer is here: install PostgreSQL's client "
            f"programs of version {best}."
        )
    version = best if best in fitting else fitting[0]
    return found[version], version


def _programs(name: str) -> Iterator[tuple[int, Path]]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    try:
        embedded = keeper.find_postgres()
        folders += [*embedded.parents[1].glob("pginstall*/bin"), embedded]
    except ServiceError:
        pass  # no wheel for this machine: its own programs must do
    for folder in folders:
        path = shutil.which(name, path=str(folder))
        if path is None:
            continue
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        if version := _VERSION.search(said.stdout):
            yield int(version.group(1)), Path(path)


# --- reading ---


@dataclass(frozen=True)
class Snapshot:
    """One moment of the database, that the dump and everything said beside it come from."""

    token: str
    server_version: int
    migrations: list[tuple[str, str]]
    tables: dict[str, int]
    stored: list[StoredRow]


@contextmanager
def hold_snapshot(server: Server) -> Iterator[Snapshot]:
    with server.connect(autocommit=False) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = _tables(connection)
        if "django_migrations" not in tables:
            raise BackupError("There is nothing to back up: the database is empty.")
        yield Snapshot(
            token=_one(connection, "SELECT pg_export_snapshot()"),
            server_version=connection.info.server_version,
            migrations=applied_migrations(connection),
            tables={name: _count(connection, name) for name in tables},
            stored=_stored_rows(connection) if "files_storedfile" in tables else [],
        )


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute(
        """
        SELECT relname FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
          AND NOT relispartition AND relname <> ALL(%s)
        ORDER BY relname
        """,
        [list(LEFT_OUT)],
    )
    return [name for (name,) in rows]


def _count(connection: Connection, table: str) -> int:
    return _one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def _one(connection: Connection, query: LiteralString | sql.Composed, values: Any = None) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None  # noqa: S101 - asked for one value
    return row[0]


def applied_migrations(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return [(app, name) for app, name in rows]


def _stored_rows(connection: Connection) -> list[StoredRow]:
    rows = connection.execute(
        """
        SELECT storage_name, sha256 FROM files_storedfile
        UNION SELECT thumbnail_name, thumbnail_sha256 FROM files_storedfile
        WHERE thumbnail_name <> '' ORDER BY 1
        """
    )
    return [StoredRow(name, sha256) for name, sha256 in rows]


def row_counts(server: Server, name: str) -> dict[str, int]:
    with server.connect(name) as connection:
        return {table: _count(connection, table) for table in _tables(connection)}


def dump(server: Server, snapshot: Snapshot, target: Path) -> int:
    """Writes the snapshot in PostgreSQL's own archive form; gives pg_dump's major version."""
    major = snapshot.server_version // 10_000
    program, version = find_program("pg_dump", major, major)
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot.token}"]
    words += [f"--exclude-table={name}" for name in LEFT_OUT]
    with target.open("xb") as output:
        server.run(program, *words, output=output)
    return version


# --- writing ---


@dataclass(frozen=True)
class Target:
    """The database that a restore would replace."""

    exists: bool
    users: int = 0
    organisations: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.users or self.organisations)


def look_at(server: Server) -> Target:
    with server.connect(MAINTENANCE) as connection:
        query = "SELECT count(*) FROM pg_database WHERE datname = %s"
        if not _one(connection, query, [server.name]):
            return Target(exists=False)
    counts = row_counts(server, server.name)
    return Target(
        exists=True,
        users=counts.get("accounts_user", 0),
        organisations=counts.get("organisations_organisation", 0),
    )


def count_others(server: Server) -> int:
    """Connections to the database; this process has none while it asks."""
    with server.connect(MAINTENANCE) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        return _one(connection, query, [server.name])


def make_aside(server: Server) -> str:
    """An empty database beside the one to replace, of the same encoding; gives its name."""
    name = f"{server.name}_restore_{secrets.token_hex(4)}"
    with server.connect(MAINTENANCE) as connection:
        if not _one(
            connection,
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user",
        ):
            raise BackupError(
                "A restore is made in a database of its own and put in place when it is whole; "
                f"the role {server.params.get('user', '')} may not create one: grant it CREATEDB."
            )
        like = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database "
            "WHERE datname = %s",
            [server.name],
        ).fetchone() or ("UTF8", "C", "C")
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
            ).format(sql.Identifier(name), *map(sql.Literal, like))
        )
    return name


def load_dump(server: Server, name: str, dump_file: Path, *, dumped_with: int, work: Path) -> None:
    best = server.version() // 10_000
    program, _ = find_program("pg_restore", dumped_with, max(best, dumped_with))
    listing = subprocess.run(
        [str(program), "--list", str(dump_file)], capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        raise BackupError(f"The database in the backup cannot be read: {listing.stderr.strip()}")
    wanted = work / "wanted.list"
    mark = f" EXTENSION - {LEFT_OUT_EXTENSION}"
    wanted.write_text(
        "".join(line for line in listing.stdout.splitlines(keepends=True) if mark not in line)
    )
    words = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"]
    server.run(program, *words, f"--use-list={wanted}", str(dump_file), name=name)


def renew_stamps(server: Server, name: str) -> None:
    """Transaction numbers of another server mean nothing here: rows are stamped anew, so that
    whoever follows changes by them (`matching.index.cursor`) reads each row once."""
    with server.connect(name) as connection:
        columns = connection.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_default LIKE '%pg_current_xact_id()%'
            """
        ).fetchall()
        for table, column in columns:
            query = sql.SQL("UPDATE {} SET {} = DEFAULT")
            connection.execute(query.format(sql.Identifier(table), sql.Identifier(column)))
        connection.execute("ANALYZE")


def put_in_place(server: Server, name: str) -> None:
    """Both names change in one transaction: before it everything is old, after it new."""
    replaced = f"{server.name}_replaced_{secrets.token_hex(4)}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        with server.connect(MAINTENANCE, autocommit=False) as connection:
            query = "SELECT count(*) FROM pg_database WHERE datname = %s"
            if _one(connection, query, [server.name]):
                connection.execute(
                    rename.format(sql.Identifier(server.name), sql.Identifier(replaced))
                )
            connection.execute(rename.format(sql.Identifier(name), sql.Identifier(server.name)))
    except psycopg.Error as error:
        raise BackupError(
            f"The restored database cannot be put in place: {_last_line(str(error))}"
        ) from error
    drop(server, replaced)


def drop(server: Server, name: str) -> None:
    with server.connect(MAINTENANCE) as connection:
        query = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(query.format(sql.Identifier(name)))


def drop_leftovers(server: Server) -> None:
    """Of restores that were killed. Only names that `make_aside` and `put_in_place` give."""
    pattern = f"^{re.escape(server.name)}_(restore|replaced)_[0-9a-f]{{8}}$"
    with server.connect(MAINTENANCE) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [pattern])
        names = [name for (name,) in rows]
    for name in names:
        drop(server, name)


def _first_error(said: bytes) -> str:
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "error:" in line.lower()]
    return (telling or lines or ["no reason was given"])[0]


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1].strip()
