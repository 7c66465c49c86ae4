"""What was deleted leaves the files of the local copies, before a worker opens them.

A deleted row is gone for whoever asks, but its bytes stay in RocksDB's files until they are compacted, which small or
quiet copies may not be for months. So a worker that starts compacts the copies that nobody has compacted for half of the
policy's `erase_within`; a worker that restarts more often than that finds nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rocksdict import BottommostLevelCompaction, CompactOptions, Rdict

if TYPE_CHECKING:
    from pathlib import Path

_STAMP: Final = "compacted"


def compact_copies(folder: Path, now_s: float, erase_within_ms: int) -> int:
    """Compact the closed copies below ``folder`` (one folder per task) that are due; return how many they were.

    ``now_s`` is wall time, as the stamps of files are. Raises what RocksDB raises where a copy is damaged or open.
    """
    due = [path for path in sorted(folder.glob("*/rows")) if _is_due(path, now_s, erase_within_ms)]
    everything = CompactOptions()
    everything.set_bottommost_level_compaction(BottommostLevelCompaction.force())
    for path in due:
        copy = Rdict(str(path))  # with the options that it was written with
        try:
            copy.flush()
            copy.compact_range(None, None, everything)
        finally:
            copy.close()
        (path.parent / _STAMP).touch()
    return len(due)


def _is_due(path: Path, now_s: float, erase_within_ms: int) -> bool:
    stamp = path.parent / _STAMP
    return not stamp.exists() or (now_s - stamp.stat().st_mtime) * 2_000 >= erase_within_ms
