"""The engine's own records in a log: tick, watermark, config, canary and resume. Each has the header `engine` and a JSON body.

A tick moves the time of an idle partition. A watermark reports to a downstream log how far one upstream task has read; it
is written only for workers of an earlier release, which have no other way to learn it.
A config changes the policy from its place in the log onwards. A canary does so for a part of the keys. It is a record of its
own kind, so that a release that cannot split the keys does not follow it for all. A resume makes a stopped partition continue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import msgspec

from workers.engine.api import Canary, Config, Emit, Record

HEADER = "engine"
ORIGIN_HEADER = "origin"
TIMELESS_HEADERS = frozenset({(HEADER, b"config"), (HEADER, b"canary"), (HEADER, b"resume")})
"""The headers of engine records whose stamp is the time of an operator's machine. They move no stream time."""
_MOST_HEADER_BYTES = 1_024
"""A larger foreign header is not forwarded. Bytes, its name included."""
_MOST_HEADERS = 64
_WORDS_WITH_CANARY: Final = 5
"""Words in the name of a config with a canary: two versions, two hashes, a step."""
_FOR_ALL: Final = 1 << 62
"""The step of a version that all keys follow: above the steps of its canary."""


class Tick(msgspec.Struct, frozen=True, tag="tick", tag_field="type"):
    """All inputs of the partition have reached ``at_ms``: no earlier record is unread. Milliseconds UTC."""

    at_ms: int


class Watermark(msgspec.Struct, frozen=True, tag="watermark", tag_field="type"):
    """One upstream task has reached ``at_ms`` and will publish nothing with an earlier time. Milliseconds UTC."""

    agent: str
    partition: int
    partitions: int
    at_ms: int


class ConfigChange(msgspec.Struct, frozen=True, tag="config", tag_field="type"):
    """The partition decides by this config from this record onwards."""

    name: str
    version: int
    hash: str
    text: str

    @property
    def config(self) -> Config:
        """The config as the value from which a hop is made."""
        return Config(self.name, self.version, self.hash, self.text)


class CanaryChange(msgspec.Struct, frozen=True, tag="canary", tag_field="type"):
    """From this record onwards, this config decides the keys of ``share``. Its fields are those of :class:`Canary`."""

    name: str
    version: int
    hash: str
    text: str
    share: str
    step: int
    present: int
    """Version of the config that all other keys have. A partition that follows another one ignores the record."""

    @property
    def canary(self) -> Canary:
        """The canary as a part of the config from which a hop is made."""
        return Canary(self.name, self.version, self.hash, self.text, self.share, self.step)


class Resume(msgspec.Struct, frozen=True, tag="resume", tag_field="type"):
    """An operator makes a stopped partition of this agent continue."""

    agent: str


Control = Tick | Watermark | ConfigChange | CanaryChange | Resume
_decoder: msgspec.json.Decoder[Control] = msgspec.json.Decoder(Control)
_encoder = msgspec.json.Encoder()


def is_control(record: Record) -> bool:
    """Whether the record has the header of an engine record."""
    return any(name == HEADER for name, _ in record.headers)


def decode_control(record: Record) -> Control:
    """Decode an engine record. Raises msgspec.DecodeError or msgspec.ValidationError."""
    return _decoder.decode(record.value or b"")


def control_or_none(record: Record) -> Control | None:
    """Decode an engine record. Return None if it cannot be decoded."""
    try:
        return decode_control(record)
    except msgspec.MsgspecError:
        return None


def control_emit(topic: str, partition: int, control: Control, timestamp_ms: int) -> Emit:
    """Return the emit that writes ``control`` into one partition of a log."""
    kind: Literal["tick", "watermark", "config", "canary", "resume"] = control.__struct_config__.tag  # type: ignore[assignment]
    return Emit(
        topic=topic,
        key=None,
        value=_encoder.encode(control),
        partition=partition,
        headers=((HEADER, kind.encode()),),
        timestamp_ms=timestamp_ms,
    )


def change_to(config: Config, followed: Config | None = None) -> ConfigChange | CanaryChange:
    """Return the change with which a partition follows a config. ``followed``: the config that it follows now."""
    canary = config.canary
    if canary is None or followed is None or config.version != followed.version:
        return ConfigChange(config.name, config.version, config.hash, config.text)
    return CanaryChange(
        canary.name, canary.version, canary.hash, canary.text, canary.share, canary.step, followed.version
    )


def next_config(followed: Config, change: Control) -> Config | None:
    """Return the config after a record. None: it changes nothing, because the partition follows it or a later one.

    A version is tried first, in steps, and then followed for all keys. No version returns. A canary was compared with one
    present config, so it has no effect under another one.
    """
    canary = followed.canary
    reached = (followed.version, _FOR_ALL) if canary is None else (canary.version, canary.step)
    if isinstance(change, ConfigChange):
        return change.config if (change.version, _FOR_ALL) > reached else None
    if not isinstance(change, CanaryChange) or change.present != followed.version:
        return None
    return replace(followed, canary=change.canary) if (change.version, change.step) > reached else None


def config_key(version: int, hash_: str) -> str:
    """Return the key of a config in the topic of configs."""
    return f"{version} {hash_}"


def report_key(config: Config) -> str:
    """Return the name of a config in the reports of workers, with the version and the step of its canary."""
    key, canary = config_key(config.version, config.hash), config.canary
    return key if canary is None else f"{key} {config_key(canary.version, canary.hash)} {canary.step}"


def reported_versions(key: str) -> list[int]:
    """Return the version that a report names, and that of its canary if it names one (``report_key``)."""
    words = key.split(" ")
    return [int(words[0]), int(words[2])] if len(words) == _WORDS_WITH_CANARY else [int(words[0])]


def archive_emit(topic: str, change: ConfigChange | CanaryChange, timestamp_ms: int) -> Emit:
    """Return the emit that keeps a config in the compacted topic of configs. It is for readers; no task reads it."""
    kept = control_emit(topic, 0, change, timestamp_ms)
    return msgspec.structs.replace(kept, key=config_key(change.version, change.hash).encode())


def origin_of(record: Record) -> str | None:
    """Return the topic that a forwarded record came from, or None if it was not forwarded."""
    for name, value in record.headers:
        if name == ORIGIN_HEADER:
            return value.decode()
    return None


def forward_emit(record: Record, own_log: str, key: bytes) -> Emit:
    """Return the emit that forwards a misplaced record of a foreign producer to the partition of its key.

    Large foreign headers are dropped: they would make the forwarded record too large, and no hop reads them.
    """
    return Emit(
        topic=own_log,
        key=key,
        value=record.value,
        partition_key=key,
        headers=(
            *_small_headers(record),
            (ORIGIN_HEADER, record.topic.encode()),
        ),
        timestamp_ms=record.timestamp_ms,
    )


def _small_headers(record: Record) -> list[tuple[str, bytes]]:
    # The value of a foreign header may be null.
    foreign = [(name, value) for name, value in record.headers if name not in (HEADER, ORIGIN_HEADER)]
    return [(name, value) for name, value in foreign if len(name) + len(value or b"") <= _MOST_HEADER_BYTES][
        :_MOST_HEADERS
    ]
