"""One line of a history file: what it may hold, and how a result is written as one.

In: ``{"topic", "key", "timestamp", "value"}``, one JSON object a line, and ``"headers"`` where the record had any;
timestamp in milliseconds UTC. A value that is text stands for the raw bytes of the record, so that rubbish which is no JSON can be written down too. Out: the same
shape. A value is never re-encoded: its bytes reach the hop, and the result, as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from workers.engine.api import Emit, Headers

_LAST_MS = 253_402_300_799_999
Stamp = Annotated[int, msgspec.Meta(ge=0, le=_LAST_MS)]


class BadLineError(Exception):
    """A line that is no record; the text says what was found and expected, and never holds a value."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """Where a line could not be read, and why. Lines count from 1."""

    path: Path
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Input:
    """One record of an input topic. ``timestamp_ms`` is its arrival, milliseconds UTC."""

    topic: str
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class _Line(msgspec.Struct, frozen=True):
    topic: str
    timestamp: Stamp
    value: msgspec.Raw
    key: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


_decode_line = msgspec.json.Decoder(_Line).decode
_decode_text = msgspec.json.Decoder(str).decode
_encode = msgspec.json.Encoder().encode


def raw_value(value: msgspec.Raw) -> bytes | None:
    """Return the bytes of a record's value: text as it stands, anything else as its JSON, null as None."""
    raw = bytes(value)
    if raw == b"null":
        return None
    return _decode_text(raw).encode() if raw.startswith(b'"') else raw


def read_line(line: bytes, topics: frozenset[str]) -> Input:
    """Read one line.

    Raises:
        BadLineError: it is no JSON object of this shape, or names a topic that is none of ``topics``.
    """
    try:
        read = _decode_line(line)
        value = raw_value(read.value)
    except UnicodeError as error:
        raise BadLineError("not UTF-8") from error
    except msgspec.MsgspecError as error:
        raise BadLineError(f'{error}; expected {{"topic", "key", "timestamp" in ms, "value"}}') from error
    if read.topic not in topics:
        raise BadLineError(f"{read.topic!r} is no input; inputs are {', '.join(sorted(topics))}")
    key = None if read.key is None else read.key.encode()
    headers = tuple((name, content.encode()) for name, content in read.headers)
    return Input(read.topic, read.timestamp, key, value, headers)


def result_line(emit: Emit) -> bytes:
    """Return an output as one line, newline included. ``emit`` is stamped."""
    key = b"null" if emit.key is None else _encode(emit.key.decode())
    head = b'{"topic":%s,"key":%s,"timestamp":%d,"value":' % (
        _encode(emit.topic),
        key,
        emit.timestamp_ms or 0,
    )
    return head + (b"null" if emit.value is None else emit.value) + b"}\n"
