"""The commands that docs/operating.md gives for backup and restore, run as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.browser import contents_of, files_of
from tests.config.processes_of import wait_until_none
from tests.config.test_restore import hold, make_site
from tests.config.test_serve import ROOT

pytestmark = pytest.mark.xdist_group("serve")

TEXT = (ROOT / "docs" / "operating.md").read_text()
SECTION = TEXT[TEXT.index("## Backup") : TEXT.index("## The index and the model")]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)


def test_the_documented_commands_back_up_and_restore(tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    [cron] = blocks("crontab")
    nightly = cron.split(maxsplit=5)[5].replace("\\%", "%").strip()
    lines = [*blocks("sh"), nightly]
    assert len(lines) == 3
    with hold(tmp_path / "site"):
        site = make_site(tmp_path / "site", "documented")
        for text in (nightly, *blocks("sh")):
            line = text.replace("/opt/cuohe", str(ROOT)).replace("/srv", str(tmp_path))
            line = line.replace(".venv/bin/python", sys.executable)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", line],
                cwd=ROOT,
                env=site.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (line, done.stderr)
        restored = tmp_path / "cuohe-restored"
        assert contents_of(restored) == contents_of(site.folder)
        assert files_of(restored) == files_of(site.folder)
        assert (restored / "secret.key").read_text() == (site.folder / "secret.key").read_text()
    assert len(list((tmp_path / "backup").glob("cuohe-20*.tar"))) == 1
    for folder in (site.folder, restored):
        assert wait_until_none(folder) == []
