"""`platform/` shares its name with a standard module, and may never become importable itself."""

import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "platform"


def packages() -> list[Path]:
    return [path for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"]


def test_the_standard_module_wins():
    assert Path(platform.__file__ or "").parent != FOLDER
    assert platform.python_version()


def test_the_folder_holds_packages_only():
    assert not (FOLDER / "__init__.py").exists()
    assert list(FOLDER.glob("*.py")) == []
    assert all((package / "__init__.py").exists() for package in packages())
    assert packages()


def test_no_package_takes_a_standard_name():
    names = {package.name for package in packages()}
    assert names.isdisjoint(sys.stdlib_module_names)


def test_tests_are_not_among_the_packages():
    assert list(FOLDER.rglob("test_*.py")) == []
    assert list(FOLDER.rglob("tests")) == []
