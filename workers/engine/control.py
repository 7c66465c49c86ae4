"""The engine's own records in a log: tick, watermark, config, resume. Marked by the header `engine`; JSON bodies.

A tick moves the time of an idle partition. A watermark tells a downstream log how far one upstream task has come.
A config changes the policy from this place of the log on. A resume lets a stopped partition go on.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from workers.engine.api import Config, Emit, Record

HEADER = "engine"
ORIGIN_HEADER = "origin"


class Tick(msgspec.Struct, frozen=True, tag="tick", tag_field="type"):
    """The partition's inputs have surely reached this time. Milliseconds UTC."""

    at_ms: int


class Watermark(msgspec.Struct, frozen=True, tag="watermark", tag_field="type"):
    """One upstream task has come this far and will say nothing earlier."""

    agent: str
    partition: int
    partitions: int
    at_ms: int


class ConfigChange(msgspec.Struct, frozen=True, tag="config", tag_field="type"):
    """From here on this config decides."""

    name: str
    version: int
    hash: str
    text: str

    @property
    def config(self) -> Config:
        """The value that a hop is made of."""
        return Config(self.name, self.version, self.hash, self.text)


class Resume(msgspec.Struct, frozen=True, tag="resume", tag_field="type"):
    """An operator lets a stopped partition of this agent go on."""

    agent: str


Control = Tick | Watermark | ConfigChange | Resume
_decoder: msgspec.json.Decoder[Control] = msgspec.json.Decoder(Control)
_encoder = msgspec.json.Encoder()


def is_control(record: Record) -> bool:
    """Whether the record is the engine's own."""
    return any(name == HEADER for name, _ in record.headers)


def decode_control(record: Record) -> Control:
    """Decode an engine record. Raises msgspec.DecodeError or msgspec.ValidationError."""
    return _decoder.decode(record.value or b"")


def control_or_none(record: Record) -> Control | None:
    """Decode an engine record; None where it is none."""
    try:
        return decode_control(record)
    except msgspec.MsgspecError:
        return None


def control_emit(topic: str, partition: int, control: Control, timestamp_ms: int) -> Emit:
    """Return the emit that writes ``control`` into one partition of a log."""
    kind: Literal["tick", "watermark", "config", "resume"] = control.__struct_config__.tag  # type: ignore[assignment]
    return Emit(
        topic=topic,
        key=None,
        value=_encoder.encode(control),
        partition=partition,
        headers=((HEADER, kind.encode()),),
        timestamp_ms=timestamp_ms,
    )


def origin_of(record: Record) -> str | None:
    """The topic that a forwarded record came from, or None."""
    for name, value in record.headers:
        if name == ORIGIN_HEADER:
            return value.decode()
    return None


def forward_emit(record: Record, own_log: str, key: bytes) -> Emit:
    """Return the emit that sends a record of a foreign partitioner to the partition it belongs to."""
    return Emit(
        topic=own_log,
        key=key,
        value=record.value,
        partition_key=key,
        headers=(
            *((n, v) for n, v in record.headers if n not in (HEADER, ORIGIN_HEADER)),
            (ORIGIN_HEADER, record.topic.encode()),
        ),
        timestamp_ms=record.timestamp_ms,
    )
