"""Makes what a clean clone lacks: the virtual environment, the libraries, the built front end.

Runs under whatever `python3` is (its syntax is kept old on purpose, so that even a Python that is
too old can say so) and does nothing when nothing has changed since the last time.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
VENV_PYTHON = BIN / "python"
STAMPS = VENV / ".stamps.json"
FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "dist"
OLDEST = (3, 11)
PIP = "pip==26.3"  # `--group` came with 25.1, and older Pythons bring older pips
ENVIRONMENT_BYTES = 4 * 1024**3
FRONTEND_BYTES = 1 * 1024**3
# Overwrites the package `ninja` of django-ninja when anything drags it in.
FORBIDDEN = "ninja"


def main():
    parser = argparse.ArgumentParser(description="Set up what a clean clone lacks.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--no-frontend", action="store_true", help="leave the front end alone")
    options = parser.parse_args()
    use_recent_python()
    lock = lock_for_ourselves()
    stamps = read_stamps()
    install_python(stamps, options.dev)
    if not options.no_frontend and (FRONTEND / "package.json").exists():
        build_frontend(stamps)
    lock.close()


def use_recent_python():
    """Go on under a Python that is recent enough, or say that there is none."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in (13, 12, 11, 14):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.call([found, "-c", "import venv, ensurepip"]) == 0:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - ourselves, under another Python
    here = ".".join(str(number) for number in sys.version_info[:2])
    fail(
        f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed and this is {here}: install one, or "
        "name it, for example `make run PYTHON=/path/to/python3.12`."
    )


def lock_for_ourselves():
    """Two at once would install into each other; the second waits."""
    import fcntl

    lock = Path(__file__).open()  # noqa: SIM115 - held until main() ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Waiting for another set-up in this folder...")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def install_python(stamps, dev):
    make_environment()
    wanted = digest([ROOT / name for name in ("pyproject.toml", "constraints.txt")])
    # Where the project lies is part of it: an editable installation names the folder.
    wanted += f" {version_of(VENV_PYTHON)} {ROOT}"
    done = stamps.get("python", {})
    if done.get("digest") == wanted and (done.get("dev") or not dev):
        return
    dev = dev or bool(done.get("dev"))
    need_disk(ENVIRONMENT_BYTES if not done else FRONTEND_BYTES, "the libraries")
    say("Installing the libraries (the first time: some minutes, about 2 GB on disk)...")
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install"]
    held = ["-c", str(ROOT / "constraints.txt")]
    run([*pip, "--quiet", PIP], "pip could not be updated")
    what = ["-e", str(ROOT), *(["--group", "dev"] if dev else [])]
    run_pip([*pip, *held, *what])
    refuse_forbidden()
    stamps["python"] = {"digest": wanted, "dev": dev}
    write_stamps(stamps)


def make_environment():
    if VENV_PYTHON.exists():
        is_recent = "import sys; sys.exit(sys.version_info < (3, 11))"
        if quiet_call([str(VENV_PYTHON), "-c", is_recent]) == 0:
            return
        say("The virtual environment .venv does not work any more: making it anew.")
        shutil.rmtree(VENV)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(
            "This Python has no `venv` module: install it (on Debian and Ubuntu the package "
            "python3-venv), or name another Python, for example `make run PYTHON=python3.12`."
        )
    need_disk(ENVIRONMENT_BYTES, "the libraries")
    say("Making the virtual environment .venv...")
    run([sys.executable, "-m", "venv", str(VENV)], "The virtual environment could not be made")


def refuse_forbidden():
    code = (
        "import sys; from importlib import metadata\n"
        "names = {(d.metadata['Name'] or '').lower() for d in metadata.distributions()}\n"
        "sys.exit(sys.argv[1] in names)"
    )
    if subprocess.call([str(VENV_PYTHON), "-c", code, FORBIDDEN]) != 0:
        fail(
            "The PyPI package `ninja` came into .venv and overwrites django-ninja: remove "
            ".venv and run this again; if it comes back, one of the dependencies asks for it."
        )


def build_frontend(stamps):
    npm = BIN / "npm"
    if not npm.exists():
        fail("npm is missing from .venv: remove .venv and run this again.")
    environment = dict(os.environ, PATH=f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}")
    environment.update(PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD="1", npm_config_update_notifier="false")
    lock = digest([FRONTEND / name for name in ("package.json", "package-lock.json")])
    if stamps.get("npm") != lock or not (FRONTEND / "node_modules").is_dir():
        need_disk(FRONTEND_BYTES, "the front end's libraries")
        say("Installing the front end's libraries...")
        command = [str(npm), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        run(
            command,
            "The front end's libraries could not be installed",
            cwd=FRONTEND,
            env=environment,
        )
        stamps["npm"] = lock
        write_stamps(stamps)
    sources = digest(frontend_sources())
    if stamps.get("dist") != sources or not (DIST / "index.html").exists():
        say("Building the front end...")
        run(
            [str(npm), "run", "--silent", "build"],
            "The front end could not be built",
            cwd=FRONTEND,
            env=environment,
        )
        stamps["dist"] = sources
        write_stamps(stamps)


def frontend_sources():
    left_out = {"node_modules", "dist", "e2e", "test-results", "playwright-report"}
    found = []
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = sorted(
            name for name in folders if name not in left_out and not name.startswith(".")
        )
        found += [Path(folder) / name for name in sorted(files)]
    return [path for path in found if path.suffix != ".tsbuildinfo"]


def digest(paths):
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        try:
            total.update(hashlib.sha256(path.read_bytes()).digest())
        except FileNotFoundError:
            total.update(b"-")
    return total.hexdigest()


def version_of(python):
    code = "import sys; print(sys.version.split()[0])"
    return subprocess.check_output([str(python), "-c", code]).decode().strip()


def read_stamps():
    try:
        stamps = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def write_stamps(stamps):
    fresh = STAMPS.with_suffix(".new")
    fresh.write_text(json.dumps(stamps))
    fresh.replace(STAMPS)


def need_disk(size, what):
    free = shutil.disk_usage(ROOT).free
    if free < size:
        fail(
            f"The disk of {ROOT} has {free / 1024**3:.1f} GB left and {what} need about "
            f"{size / 1024**3:.0f} GB: make room first."
        )


def run(command, failure, **options):
    try:
        code = subprocess.call(command, **options)
    except KeyboardInterrupt:
        sys.exit(130)
    if code != 0:
        fail(f"{failure} (the reason is above): mend it and run the same command again.")


def run_pip(command):
    """Show what is being fetched, and not the hundred lines on what is there already."""
    shown = ("  Downloading", "Installing collected", "Successfully", "ERROR", "error")
    last_lines = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    ) as process:
        for line in process.stdout or ():
            last_lines = [*last_lines[-15:], line]
            if line.startswith(shown):
                say("  " + line.strip()[:110])
        code = process.wait()
    if code != 0:
        say("".join(last_lines))
        fail(
            "The libraries could not be installed (the reason is above; is there a network?): mend "
            "it and run the same command again."
        )


def quiet_call(command):
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return -1


def say(text):
    print(text, flush=True)


def fail(text):
    sys.exit(text)


if __name__ == "__main__":
    main()
