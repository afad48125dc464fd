"""The demonstration data in the test database, loaded once a file and rolled back after it."""

from collections.abc import Generator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="module")
def demo_folder(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Path, None, None]:
    """The data folder that the demonstration was loaded with. Ask for `db` as well."""
    from django.db import transaction

    from config.demo import loading

    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(data_dir=folder)
        yield folder
        transaction.set_rollback(True)
