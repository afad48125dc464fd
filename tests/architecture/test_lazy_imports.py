"""Web processes and the parent load no model and no index: they stay small and start fast."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "faiss", "transformers", "sentence_transformers", "openvino", "sklearn", "scipy"}

IMPORTS = {
    # As gunicorn does, with every URL and so every handler resolved.
    "web": "import config.wsgi; from django.urls import get_resolver;"
    "get_resolver()._populate(); from api.root import api; api.get_openapi_schema()",
    "serve": "import django; django.setup(); import config.keeper;"
    "import config.management.commands.serve",
    "default worker": "import config.celery; config.celery.app.loader.import_default_modules()",
}


@pytest.mark.parametrize("process", IMPORTS)
def test_a_process_without_the_model_imports_none_of_its_libraries(process):
    code = f"import sys; {IMPORTS[process]}; print(sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
