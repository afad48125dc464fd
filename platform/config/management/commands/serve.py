"""`manage.py serve`: the whole platform on one machine, under one parent.

Prepares what is missing, then runs web, both workers and beat until it is told to stop. Settings
come from the environment (see `config.env`); the embedded services are held by `manage.py`.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor

from config import embedded, preflight, processes
from config.env import ROOT, Env, get_env
from config.supervisor import Child, Supervisor

START_SECONDS = 90
HEALTH_PATH = "/api/v1/health"


class Command(BaseCommand):
    help = "Runs the web server, the workers and the clock until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []  # the children's own checks say more, and sooner

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="load no demonstration data at the first start"
        )
        parser.add_argument(
            "--die-with-parent",
            action="store_true",
            help="stop when whoever started this is interrupted or dies (Linux)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        env = get_env()
        self._stop_signal = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        self._parent = None
        if options["die_with_parent"]:
            processes.die_with_parent(signal.SIGTERM)()
            self._parent = processes.ParentWatch()
        try:
            preflight.claim(env)
            self._prepare(env, wants_demo=not options["no_demo"])
            self._run(env)
        except preflight.StartRefusedError as error:
            raise CommandError(str(error)) from error
        except _Stopped:
            self._say("已停止 · stopped")
        finally:
            preflight.release()

    def _note_signal(self, number: int, frame: object) -> None:
        if self._stop_signal:
            return  # stopping already, in bounded time
        self._stop_signal = number
        preflight.note_stopping()
        raise _Stopped

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    # --- before the children start -------------------------------------------------------------

    def _prepare(self, env: Env, *, wants_demo: bool) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self._say(f"迁移数据库 · migrating the database ({len(plan)})…")
            call_command("migrate", interactive=False, verbosity=0)
        self._refuse_open_demonstration(env)
        self._collect_static(env)
        self._prepare_model(env)
        if wants_demo and preflight.is_loopback(env.host):
            self._load_demonstration(env)
        for open_connection in connections.all(initialized_only=True):
            open_connection.close()
            if open_connection.alias == DEFAULT_DB_ALIAS and hasattr(open_connection, "close_pool"):
                open_connection.close_pool()

    def _refuse_open_demonstration(self, env: Env) -> None:
        if preflight.is_loopback(env.host):
            return
        from park.accounts.models import User

        if User.objects.filter(is_demonstration=True).exists():
            raise CommandError(
                f"{env.host} is open to other machines, and the demonstration accounts are still "
                "here: remove them with `manage.py remove_demo`, or listen on 127.0.0.1."
            )

    def _collect_static(self, env: Env) -> None:
        """The admin's and the API documentation's own files; again only after an upgrade."""
        import django
        import ninja

        stamp = Path(settings.STATIC_ROOT) / ".made-with"
        versions = f"django {django.__version__}, ninja {ninja.__version__}"
        if not stamp.exists() or stamp.read_text() != versions:
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stamp.write_text(versions)

    def _prepare_model(self, env: Env) -> None:
        from matching import offline_model

        if env.embedding_model or offline_model.is_complete(
            offline_model.model_folder(env.data_dir)
        ):
            return
        self._say("准备语义模型（仅第一次，约一分钟）· preparing the embedding model, once…")
        # In a process of its own: this one stays small, and never loads torch.
        code = (
            "import sys; from pathlib import Path; from matching.offline_model import ensure_model;"
            "from park.core.errors import DomainError\n"
            "try: ensure_model(Path(sys.argv[1]), progress=lambda t: print('  ', t, flush=True))\n"
            "except DomainError as error: sys.exit(f'  {error.code}: {error.data}')\n"
        )
        line = [sys.executable, "-c", code, str(env.data_dir)]
        done = subprocess.run(line, cwd=ROOT, env=_child_environment(), check=False)
        if done.returncode != 0:
            raise CommandError(
                "The embedding model could not be prepared (see above): name a local model folder "
                "in EMBEDDING_MODEL, or try again."
            )

    def _load_demonstration(self, env: Env) -> None:
        from config.demo import loading
        from park.accounts.models import User

        # A database of the operator's own gets examples only when asked (`manage.py load_demo`).
        if embedded.get_current() is None:
            return
        if loading.last_action() is None and User.objects.exists():
            return
        if loading.last_action() is None:
            self._say("装入示例数据（仅第一次）· loading the demonstration data, once…")
            call_command("load_demo")
        else:
            call_command("load_demo", verbosity=0)

    # --- while the children run ----------------------------------------------------------------

    def _run(self, env: Env) -> None:
        supervisor = self._make_supervisor(env)
        try:
            supervisor.start()
            self._wait_for_web(env, supervisor)
            self._announce(env)
            while True:
                time.sleep(0.5)
                if self._parent and self._parent.is_interrupted():
                    self._note_signal(signal.SIGINT, None)
                supervisor.tend()
                if (services := embedded.get_current()) and not services.is_alive():
                    self._say("服务意外停止，正在重新启动 · the services ended, starting again…")
                    supervisor.stop()
                    embedded.renew()
                    supervisor = self._make_supervisor(env)
                    supervisor.start()
        except _Stopped:
            self._say("\n正在停止 · stopping…")
            raise
        finally:
            supervisor.stop()

    def _make_supervisor(self, env: Env) -> Supervisor:
        return Supervisor(
            _make_children(env),
            environment=_child_environment(),
            folder=ROOT,
            record=preflight.get_record(env.data_dir),
            tell=self._say,
        )

    def _wait_for_web(self, env: Env, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + START_SECONDS
        web = supervisor.children[0]
        while not _answers(env):
            if time.monotonic() > deadline or web.failures > 2:
                tail = web.log.read_text(errors="replace")[-2000:]
                raise CommandError(f"The web server did not start; the end of {web.log}:\n{tail}")
            supervisor.tend()
            time.sleep(0.1)

    def _announce(self, env: Env) -> None:
        self._say(f"\n撮合平台已就绪 · Cuohe is ready: {_address(env)}\n")
        path = env.data_dir / "demo-logins.json"
        if path.exists():
            self._say("示例账号 · demonstration logins:")
            for row in json.loads(path.read_text()):
                self._say(
                    f"  {row['username']:<16} {row['password']:<20} "
                    f"{row['role_zh']} · {row['role_en']}"
                )
        if not env.email_url:
            self._say(
                "\n未设置 EMAIL_URL，邮件写成文件 · no EMAIL_URL, mails are written as files:"
            )
            self._say(f"  {settings.MAIL_DIR}")
        self._say(f"\n日志 · logs: {env.data_dir / 'logs'}")
        self._say("按 Ctrl-C 停止 · press Ctrl-C to stop")


class _Stopped(BaseException):
    """A signal asked us to stop; no handler of ordinary errors may swallow it."""


def _address(env: Env) -> str:
    host = f"[{env.host}]" if ":" in env.host else env.host
    return f"http://{host}:{env.port}"


def _answers(env: Env) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(env.host)  # noqa: S104 - compared, not bound
    address = f"http://{host}:{env.port}" if host else _address(env)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"{address}{HEALTH_PATH}", timeout=5).close()
    except urllib.error.HTTPError:
        return True  # it is up, whatever it thinks of its parts
    except OSError:
        return False
    return True


def _child_environment() -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "platform"), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def _make_children(env: Env) -> list[Child]:
    logs = env.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    host = f"[{env.host}]" if ":" in env.host else env.host
    celery = [sys.executable, "-m", "celery", "-A", "config.celery:app"]
    worker = [*celery, "worker", "-P", "threads", "--without-gossip", "--without-mingle"]
    worker += ["--loglevel", "INFO"]
    web = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--worker-class", "gthread"]
    web += ["--bind", f"{host}:{env.port}", "--workers", "2", "--threads", "8"]
    web += ["--graceful-timeout", "5", "--max-requests", "20000", "--max-requests-jitter", "2000"]
    beat = [*celery, "beat", "--schedule", str(env.data_dir / "services" / "beat"), "--pidfile="]
    return [
        Child("web", web, logs / "web.log"),
        # One matching process a machine: it holds the model and the index, its threads share them.
        Child(
            "matching",
            [*worker, "-c", "4", "-Q", "search,index", "-n", "matching@%h"],
            logs / "matching.log",
        ),
        Child(
            "default",
            [*worker, "-c", "2", "-Q", "default", "-n", "default@%h"],
            logs / "default.log",
        ),
        Child("beat", beat, logs / "beat.log"),
    ]
