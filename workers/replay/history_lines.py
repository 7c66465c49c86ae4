"""Lines of history files: parsing of input records and writing of results.

In: ``{"topic", "key", "timestamp", "value"}``, one JSON object a line, and ``"headers"`` if the record had any. The
timestamp is in milliseconds UTC. A value that is a JSON string holds the raw text of the record, so that invalid input
can be written too. Out: the same form. A value is never re-encoded: the hop and the result get its bytes unchanged.
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
    """A line is not a valid record. The text names what was found and expected, and never contains a value."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """The position of a line that could not be read, and the problem. Lines count from 1."""

    path: Path
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Input:
    """One record of an input topic. ``timestamp_ms`` is the time of its arrival, milliseconds UTC."""

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
    """Return the bytes of a record's value: a JSON string as its text, null as None, any other value as its JSON."""
    raw = bytes(value)
    if raw == b"null":
        return None
    return _decode_text(raw).encode() if raw.startswith(b'"') else raw


def read_line(line: bytes, topics: frozenset[str]) -> Input:
    """Read one line.

    Raises:
        BadLineError: the line is not a JSON object of this form, or its topic is not in ``topics``.
    """
    try:
        read = _decode_line(line)
        value = raw_value(read.value)
    except UnicodeError as error:
        raise BadLineError("not UTF-8; expected UTF-8 text") from error
    except msgspec.MsgspecError as error:
        raise BadLineError(f'{error}; expected {{"topic", "key", "timestamp" in ms, "value"}}') from error
    if read.topic not in topics:
        raise BadLineError(
            f"{read.topic!r} is not an input topic; expected one of {', '.join(sorted(topics))}"
        )
    key = None if read.key is None else read.key.encode()
    headers = tuple((name, content.encode()) for name, content in read.headers)
    return Input(read.topic, read.timestamp, key, value, headers)


def input_line(read: Input) -> bytes:
    """Return an input record as one line with its newline. Bytes that are not UTF-8 are replaced."""
    line = _Line(
        read.topic,
        read.timestamp_ms,
        msgspec.Raw(b"null" if read.value is None else _value_of_line(read.value)),
        None if read.key is None else read.key.decode("utf-8", "replace"),
        tuple((name, content.decode("utf-8", "replace")) for name, content in read.headers),
    )
    return _encode(line) + b"\n"


def _value_of_line(value: bytes) -> bytes:
    """Return the JSON for a record's value: the value itself without line ends, or a string with its text."""
    try:
        # A string would be read as its text, and null as a deletion, so both become a string with their text.
        is_text = isinstance(msgspec.json.decode(value), str | None)
    except (msgspec.DecodeError, UnicodeDecodeError):
        is_text = True
    if is_text:
        return _encode(value.decode("utf-8", "replace"))
    return value.replace(b"\n", b" ").replace(b"\r", b" ")


def result_line(emit: Emit) -> bytes:
    """Return an output as one line with its newline. ``emit`` has a timestamp."""
    key = b"null" if emit.key is None else _encode(emit.key.decode())
    head = b'{"topic":%s,"key":%s,"timestamp":%d,"value":' % (
        _encode(emit.topic),
        key,
        emit.timestamp_ms or 0,
    )
    return head + (b"null" if emit.value is None else emit.value) + b"}\n"
