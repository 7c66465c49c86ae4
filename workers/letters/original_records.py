"""The records behind dead letters, as they are in their topics, and the same records with corrected fields.

A record is sent again as it was: key, value, headers and timestamp. So the router decides it as if it had come late.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from aiokafka.errors import OffsetOutOfRangeError
from aiokafka.structs import TopicPartition

from schemas.topics import TOPICS, Direction, shadowed_by
from workers.deadletters import kept_key, kept_payload
from workers.engine.control import ORIGIN_HEADER
from workers.engine.partitioner import partition_of
from workers.letters.letter_list import ListedLetter, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiokafka import AIOKafkaConsumer

    from schemas.outputs import DeadLetter

_POLL_MS: Final = 500
_MOST_POLLS: Final = 20


class CannotSendError(Exception):
    """The record of a letter cannot be sent again. The text gives the cause, and no content of the record."""


@dataclass(frozen=True, slots=True)
class OriginalRecord:
    """A record to send again, with the partition that it goes to."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int


async def read_original(consumer: AIOKafkaConsumer, listed: ListedLetter) -> OriginalRecord:
    """Return the record of a letter from its topic.

    Raises CannotSendError if there is no such record, or if it is not the one that the letter was written for.
    """
    letter = listed.letter
    if letter.offset < 0:
        raise CannotSendError("no record was the cause (a timer or long work), so nothing can be sent again")
    raw = await _read(consumer, letter)
    value: bytes = raw.value or b""
    if digest_of(kept_key(raw.key), kept_payload(value), len(value)) != listed.digest:
        raise CannotSendError("another record is at this place: the topic was created again")
    return OriginalRecord(
        letter.topic, letter.partition, raw.key, raw.value, tuple(raw.headers), raw.timestamp
    )


async def _read(consumer: AIOKafkaConsumer, letter: DeadLetter) -> Any:
    where = TopicPartition(letter.topic, letter.partition)
    consumer.assign([where])
    consumer.seek(where, letter.offset)
    try:
        for _ in range(_MOST_POLLS):
            for record in (await consumer.getmany(where, timeout_ms=_POLL_MS, max_records=1)).get(where, ()):
                if record.offset == letter.offset:
                    return record
                raise CannotSendError("the record was replaced by a newer one of its key")
            if await consumer.position(where) > letter.offset:
                break
    except OffsetOutOfRangeError:
        pass
    raise CannotSendError("the record is no longer in its topic")


def with_fixes(record: OriginalRecord, fixes: Mapping[str, Any], partitions: int) -> OriginalRecord:
    """Return the record with other values of fields. A dot separates a field from a field of it.

    A record that the router has forwarded returns to the topic that it came from, because its key may be another one now.
    Raises CannotSendError if the value is not a JSON object.
    """
    if not fixes:
        return record
    try:
        value = json.loads(record.value or b"")
    except (ValueError, RecursionError):
        raise CannotSendError("the value is not JSON, so no field of it can be fixed") from None
    if not isinstance(value, dict):
        raise CannotSendError("the value is not a JSON object, so no field of it can be fixed")
    for name, new in fixes.items():
        _put(value, name.split("."), new)
    fixed = replace(record, value=json.dumps(value, ensure_ascii=False).encode())
    origin = dict(record.headers).get(ORIGIN_HEADER)
    if origin is None:
        return fixed
    partition = record.partition if record.key is None else partition_of(record.key, partitions)
    headers = tuple(one for one in record.headers if one[0] != ORIGIN_HEADER)
    return replace(fixed, topic=origin.decode(), partition=partition, headers=headers)


def _put(value: dict[str, Any], path: list[str], new: Any) -> None:
    *parents, last = path
    for name in parents:
        inner = value.setdefault(name, {})
        if not isinstance(inner, dict):
            raise CannotSendError(f"{'.'.join(path)}: {name} is not an object")
        value = inner
    value[last] = new


def refuse_input_of_shadow(record: OriginalRecord) -> None:
    """Raise CannotSendError for a record of an input topic: a shadow router writes none."""
    if TOPICS[shadowed_by(record.topic)].direction is Direction.IN:
        raise CannotSendError(
            "its topic is an input, which a shadow router does not write; retry without --shadow"
        )
