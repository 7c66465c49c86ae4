"""One data directory per process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workers.engine.datadir import DataDir, DataDirLockedError

HOLDER = """
import sys
from pathlib import Path
from workers.engine.datadir import DataDir
held = DataDir(Path(sys.argv[1]), "app")
print("held", flush=True)
sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_and_the_error_names_the_first(tmp_path: Path) -> None:
    other = holder(tmp_path)
    with other, pytest.raises(DataDirLockedError, match=f"{tmp_path}.*process {other.pid}.*of its own"):
        DataDir(tmp_path, "app")
    DataDir(tmp_path, "app").close()


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
    DataDir(tmp_path, "app").close()


def test_the_same_process_is_refused_a_second_time(tmp_path: Path) -> None:
    with DataDir(tmp_path, "app"), pytest.raises(DataDirLockedError, match=str(os.getpid())):
        DataDir(tmp_path, "app")


def test_every_agent_and_partition_has_a_folder_of_its_own(tmp_path: Path) -> None:
    with DataDir(tmp_path, "app") as data:
        assert data.rows_path("desks", 3) == tmp_path / "app" / "desks-3" / "rows"
        assert data.marker_path("desks", 3) == tmp_path / "app" / "desks-3" / "marker"
        assert data.marker_path("desks", 3).parent.is_dir()


def test_a_directory_that_does_not_exist_is_made(tmp_path: Path) -> None:
    with DataDir(tmp_path / "a" / "b", "app"):
        assert (tmp_path / "a" / "b").is_dir()


def test_a_new_data_directory_is_readable_for_its_user_alone(tmp_path: Path) -> None:
    DataDir(tmp_path / "new", "app")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
