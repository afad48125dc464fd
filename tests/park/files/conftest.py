from pathlib import Path
from typing import Any

import pytest

from tests.api.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The storage of this test alone."""
    usual = settings.STORAGES
    mine = {**usual["files"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**usual, "files": mine}
    return tmp_path / "files"
