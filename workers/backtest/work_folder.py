"""The folder of a backtest's runs. A run's folder is named by the digest of all that its results depend on.

Parts of a run are files. A part counts once its marker is written, so an interrupted run continues after the last marker.
The same policy over the same history is read again from its folder and not run a second time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

import schemas
import workers
from workers.backtest.result_facts import RepFacts
from workers.engine.api import Config

_DIGITS: Final = 16
"""Hex digits of a digest in the name of a folder."""


class Marker(msgspec.Struct, frozen=True):
    """The end of a part: all that a run needs to continue after it. The counts are those of the whole run so far."""

    records: int
    """Records of the history that were read."""
    lines: int
    offsets: dict[str, int]
    outputs: dict[str, int]
    """Emits by topic. Records between hops are included."""
    letters: dict[str, int]
    reps: dict[str, RepFacts]
    is_last: bool = False


def digest_of_files(paths: Sequence[Path]) -> str:
    """Return the digest of the contents of files, in their order."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:_DIGITS]


def digest_of_program() -> str:
    """Return the digest of the program's own files, because another version may decide otherwise."""
    folders = [Path(package.__path__[0]) for package in (schemas, workers)]
    return digest_of_files([path for folder in folders for path in sorted(folder.rglob("*.py"))])


def edge_name(history: str, program: str, lead_id_key: bytes, terms: str) -> str:
    """Return the name of the folder of the edge hops' run. ``terms``: what these hops read of the policy."""
    return "edge-" + _digest(history.encode(), program.encode(), lead_id_key, terms.encode())


def run_name(history: str, program: str, lead_id_key: bytes, config: Config) -> str:
    """Return the name of the folder of a run."""
    return _digest(
        history.encode(), program.encode(), lead_id_key, config.name.encode(), config.text.encode()
    )


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
    return whole.hexdigest()[:_DIGITS]


class RunFolder:
    """The files of one run: sorted lines of leads and lines of desks by part, a copy of the rows, and markers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def parts(self) -> int:
        """The number of finished parts."""
        return len(list(self.path.glob("part-*.marker")))

    @property
    def marker(self) -> Marker | None:
        """The marker of the last finished part, or None."""
        parts = self.parts
        return None if not parts else self.marker_of(parts - 1)

    def marker_of(self, part: int) -> Marker:
        """Return the marker of a finished part."""
        return msgspec.json.decode(self._marker_path(part).read_bytes(), type=Marker)

    def has_part(self, part: int) -> bool:
        """Whether a part is finished."""
        return self._marker_path(part).exists()

    @property
    def is_done(self) -> bool:
        """Whether the run has ended."""
        marker = self.marker
        return marker is not None and marker.is_last

    def lead_files(self) -> list[Path]:
        """Return the files with the lines of leads, each sorted by lead."""
        return [self.lead_path(part) for part in range(self.parts)]

    def queue_files(self) -> list[Path]:
        """Return the files with the queues of the desks, in the order of time."""
        return [self.queue_path(part) for part in range(self.parts)]

    def lead_path(self, part: int) -> Path:
        """Return the file with the lines of leads of a part."""
        return self.path / f"part-{part:05d}.leads.jsonl"

    def queue_path(self, part: int) -> Path:
        """Return the file with the queues of the desks of a part."""
        return self.path / f"part-{part:05d}.queues.jsonl"

    def edge_path(self, part: int) -> Path:
        """Return the file with the records that the edge hops hand on in a part."""
        return self.path / f"part-{part:05d}.edge"

    @property
    def rows_path(self) -> Path:
        """The folder of the rows that the run changes."""
        return self.path / "rows"

    def saved_rows_path(self, part: int) -> Path:
        """Return the folder of the copy of the rows at the end of a part."""
        return self.path / f"rows-{part:05d}"

    def restore_rows(self) -> None:
        """Make the rows those at the end of the last finished part."""
        shutil.rmtree(self.rows_path, ignore_errors=True)
        saved = self.saved_rows_path(self.parts - 1)
        if self.parts:
            shutil.copytree(saved, self.rows_path)
        for other in self.path.glob("rows-*"):
            if other != saved:
                shutil.rmtree(other)

    def finish_part(self, part: int, marker: Marker) -> None:
        """Write the marker of a part. The copy of the rows at the part before is no longer needed."""
        new = self._marker_path(part).with_suffix(".new")
        with new.open("wb") as file:
            file.write(msgspec.json.encode(marker))
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._marker_path(part))
        shutil.rmtree(self.saved_rows_path(part - 1), ignore_errors=True)
        if marker.is_last:
            shutil.rmtree(self.rows_path, ignore_errors=True)

    def _marker_path(self, part: int) -> Path:
        return self.path / f"part-{part:05d}.marker"
