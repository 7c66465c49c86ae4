"""The dead letters of a router and what operators did about them, as read from the topics.

In: the records of ``dead.letters`` and ``dead.letters.actions``. Out: the letters in the order of their times, each with
the action on it. A letter that an erasure has deleted is not among them.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemas.outputs import DeadLetter, LetterAction
from schemas.topics import DEAD_LETTERS, DEAD_LETTERS_ACTIONS, TOPICS, shadowed_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """A dead letter. It holds key and payload only if they were asked for, because letters are many and large."""

    letter: DeadLetter
    producer: str | None
    """The ``producer`` that the record states. None if it states none or cannot be read."""
    digest: str
    """Digest of the key and the value that the letter holds."""
    action: LetterAction | None = None
    """The action of an operator on it. None: the letter is open."""

    @property
    def place(self) -> str:
        """The record's place, as the commands show and take it. For a letter without a record: its event_id."""
        one = self.letter
        return f"{one.topic}/{one.partition}/{one.offset}" if one.offset >= 0 else one.event_id


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters are meant. An empty set or None means any."""

    reasons: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    partitions: frozenset[int] = frozenset()
    producers: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    """Fields that the detail names, as the contract names them. A field of a field has a dot."""
    since: datetime | None = None
    until: datetime | None = None
    """Only letters before this time."""
    letters: frozenset[str] = field(default_factory=frozenset)
    """Places (TOPIC/PARTITION/OFFSET) or event ids of letters."""

    @property
    def is_empty(self) -> bool:
        """Whether it means every letter."""
        return self == LetterFilter()

    def matches(self, listed: ListedLetter) -> bool:
        """Whether the letter is meant."""
        one = listed.letter
        named = {listed.place, one.event_id}
        return (
            _allows(self.reasons, one.reason.value)
            and _allows(self.agents, one.agent)
            and _allows(self.topics, one.topic)
            and _allows(self.partitions, one.partition)
            and _allows(self.producers, listed.producer)
            and (not self.letters or bool(named & self.letters))
            and (not self.fields or any(_names_field(one, name) for name in self.fields))
            and (self.since is None or one.occurred_at >= self.since)
            and (self.until is None or one.occurred_at < self.until)
        )


class LetterList:
    """The letters and actions of one reading of the topics."""

    def __init__(self) -> None:
        self._letters: dict[str, ListedLetter] = {}
        self._actions: dict[str, LetterAction] = {}

    async def read(self, records: AsyncIterator[Any], *, with_payload: bool = False) -> None:
        """Add the records of both topics. Records that the contract does not allow are left out."""
        async for record in records:
            topic = shadowed_by(record.topic)
            key = (record.key or b"").decode("utf-8", "replace")
            if record.value is None:
                self._letters.pop(key, None)
                continue
            try:
                if topic == DEAD_LETTERS_ACTIONS.name:
                    action = DEAD_LETTERS_ACTIONS.adapter.validate_json(record.value)
                    self._actions.setdefault(action.letter_id or key, action)
                else:
                    letter = DEAD_LETTERS.adapter.validate_json(record.value)
                    self._letters[key] = _listed(letter, with_payload=with_payload)
            except ValidationError:
                continue

    def matching(self, wanted: LetterFilter) -> list[ListedLetter]:
        """Return the letters that are meant, oldest first, each with the action on it."""
        found = [one for one in self._letters.values() if wanted.matches(one)]
        found.sort(key=lambda one: (one.letter.occurred_at, one.place))
        return [self._with_action(one) for one in found]

    def at(self, topic: str | None, partition: int | None, offset: int | None) -> ListedLetter | None:
        """Return the letter of a record, or None if the record has none."""
        found = self._letters.get(f"{topic}-{partition}-{offset}")
        return None if found is None else self._with_action(found)

    def skip_of(self, place: tuple[str, int, int]) -> LetterAction | None:
        """Return the skip of a record, or None."""
        return self._actions.get("-".join(map(str, place)))

    def _with_action(self, one: ListedLetter) -> ListedLetter:
        action = self._actions.get(one.letter.event_id)
        return ListedLetter(one.letter, one.producer, one.digest, action)


def digest_of(key_base64: str | None, payload_base64: str | None, payload_bytes: int) -> str:
    """Return the digest of what a letter holds of its record."""
    return sha256(json.dumps([key_base64, payload_base64, payload_bytes]).encode()).hexdigest()


def _listed(letter: DeadLetter, *, with_payload: bool) -> ListedLetter:
    digest = digest_of(letter.key_base64, letter.payload_base64, letter.payload_bytes)
    producer = producer_of(letter.payload_base64)
    without = {"key_base64": None, "payload_base64": None, "payload_text": None}
    return ListedLetter(letter if with_payload else letter.model_copy(update=without), producer, digest)


def producer_of(payload_base64: str | None) -> str | None:
    """Return the ``producer`` that the record of a letter states, or None."""
    try:
        value = json.loads(b64decode(payload_base64 or ""))
    except (ValueError, RecursionError):
        return None
    found = value.get("producer") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _allows(wanted: Iterable[Any], found: Any) -> bool:
    return not wanted or found in wanted


def _names_field(letter: DeadLetter, name: str) -> bool:
    """Whether the detail names the field or a field of it. The detail is "topic: field: text; field: text", mostly."""
    first, _, rest = letter.detail.partition(": ")
    sentences = (rest if shadowed_by(first) in TOPICS else letter.detail).split("; ")
    begins = re.compile(rf"{re.escape(name)}(?![\w-])")
    return any(begins.match(sentence) for sentence in sentences)
