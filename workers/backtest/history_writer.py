"""A history on disk from records of topics: one file for each topic, as `replay` reads it.

In: records in any order. Out: files that only their owner may read, because they hold addresses.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from workers.replay.history_lines import Input, input_line


class HistoryWriter:
    """Writes records into a new folder. The folder appears when all of them are written.

    Args:
        folder: the folder. It must not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unfinished = folder.with_name(f"{folder.name}.new")
        self._files: dict[str, BinaryIO] = {}

    @property
    def paths(self) -> list[Path]:
        """The files that were written, sorted by name."""
        return sorted(self._folder / f"{topic}.jsonl" for topic in self._files)

    def add(self, record: Input) -> None:
        """Write one record."""
        file = self._files.get(record.topic)
        if file is None:
            path = self._unfinished / f"{record.topic}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            file = self._files[record.topic] = os.fdopen(handle, "wb")
        file.write(input_line(record))

    def __enter__(self) -> Self:
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir(parents=True, mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        if kind is None:
            self._unfinished.rename(self._folder)
        else:
            shutil.rmtree(self._unfinished)
