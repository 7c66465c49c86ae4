"""The records that the edge hops hand on, on disk: one compressed file for each part of a run.

In: records in the order in which they were emitted. Out: the same records, in steps that end where a record of the history
ends. A file holds addresses, so only its owner may read it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import cramjam
import msgspec

from workers.engine.api import Headers

_HEAD: Final = struct.Struct(">IQ")
"""The compressed bytes of a step, and the records of the history that were read at its end."""
RECORDS_PER_STEP: Final = 500
"""Records of the history in one step."""


class EdgeRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A record for the inner hops or for the report."""

    topic: str
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    number: int = 0
    """The number of a record of the history that the report needs. 0: an edge hop emitted the record."""


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[EdgeRecord]).decode


class EdgeLog:
    """Writes the file of one part."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._records: list[EdgeRecord] = []

    def add(self, record: EdgeRecord) -> None:
        """Add one record to the present step."""
        self._records.append(record)

    def end_step(self, read: int) -> None:
        """Write the present step. ``read``: the records of the history that were read so far."""
        packed = bytes(cramjam.lz4.compress(_encode(self._records)))
        self._file.write(_HEAD.pack(len(packed), read))
        self._file.write(packed)
        self._records.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_edge_log(path: Path) -> Iterator[tuple[int, list[EdgeRecord]]]:
    """Yield each step of a file: the records of the history that were read at its end, and the records handed on."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            size, read = _HEAD.unpack(head)
            yield read, _decode(cramjam.lz4.decompress(file.read(size)))
