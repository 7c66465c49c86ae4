"""The dead letter index: from each lead_id to the dead letters that hold data of that person, for an erasure.

In: the records of dead.letters, from all hops. Out: rows, and tombstones for the letters of erased people.
The payload of a dead letter may be any text, so it is searched for e-mail addresses and for lead ids.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final

from schemas.topics import DEAD_LETTERS
from workers.engine.api import Emit
from workers.engine.rows import Row
from workers.engine.timers import cancel_timer, set_timer
from workers.identity.addresses import BadAddressError, normalise
from workers.identity.erasure_marks import erased_until_ms
from workers.identity.event_time import DAY_MS, to_ms
from workers.identity.lead_ids import lead_id_of
from workers.outbox import tombstone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engine.api import Record
    from workers.engine.rows import Rows

FORGET_LETTER: Final = "forget_letter"
"""The kind of the timer that deletes an entry of the index."""
MOST_PEOPLE: Final = 50
"""Most people of one letter that are indexed. A letter with more people is not about what one person did."""
_KEPT_MS: Final = (DEAD_LETTERS.retention_ms or 0) + 2 * DAY_MS
_CHUNK: Final = 200
_SEP: Final = "\x1f"
_BETWEEN: Final = re.compile(r"[\s<>\"'\\,;:()\[\]]+")
_MOST_ADDRESS_CHARS: Final = 320
_LEAD_ID: Final = re.compile(
    r"(?:\"lead_id\"\s*:\s*\"|lead:)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII
)


class LetterRow(Row, frozen=True):
    """A dead letter holds data of a lead, keyed by (lead_id, the letter's key). Deleted once the topic drops the letter."""

    prefix: ClassVar[str] = "letter"


@dataclass(frozen=True, slots=True)
class Letter:
    """The part of a dead letter that an erasure needs."""

    key: str
    lead_ids: tuple[str, ...] = ()
    occurred_at_ms: int | None = None
    """When the event in the letter happened. Milliseconds UTC. None if its time cannot be read."""


def read_letter(record: Record, lead_id_key: bytes) -> Letter:
    """Return a record of dead.letters with the lead_ids found in it. An unreadable letter has none."""
    key = (record.key or b"").decode("utf-8", "replace")
    try:
        letter = json.loads(record.value or b"{}")
        key_and_payload = [_text(letter.get("key_base64")), _text(letter.get("payload_base64"))]
    except (ValueError, AttributeError):
        return Letter(key)
    payload = _parsed(key_and_payload[1])
    texts = [*key_and_payload, *_strings(payload)]
    lead_ids = dict.fromkeys(found for text in texts for found in _lead_ids(text, lead_id_key))
    return Letter(key, tuple(lead_ids)[:MOST_PEOPLE], _time(payload))


def index_letter(rows: Rows, letter: Letter, now_ms: int) -> list[Emit]:
    """Index a letter. Delete it at once if it holds an event of a person from before that person's erasure."""
    for lead_id in letter.lead_ids:
        if letter.occurred_at_ms is not None and letter.occurred_at_ms <= erased_until_ms(rows, lead_id):
            return [tombstone(DEAD_LETTERS, letter.key, letter.key)]
    for lead_id in letter.lead_ids:
        rows.put(LetterRow(), lead_id, letter.key)
        set_timer(rows, FORGET_LETTER, f"{lead_id}{_SEP}{letter.key}", now_ms + _KEPT_MS)
    return []


def drop_entry(rows: Rows, timer_key: str) -> None:
    """Delete an entry of the index, whose letter the topic has dropped by now."""
    lead_id, _, key = timer_key.partition(_SEP)
    rows.delete(LetterRow, lead_id, key)


def erase_letters(rows: Rows, lead_id: str) -> tuple[list[Emit], bool]:
    """Delete at most 200 letters of a person. Return the tombstones, and whether there may be more letters."""
    found = rows.scan(LetterRow, lead_id, limit=_CHUNK)
    for (_, key), _ in found:
        rows.delete(LetterRow, lead_id, key)
        cancel_timer(rows, FORGET_LETTER, f"{lead_id}{_SEP}{key}")
    return [tombstone(DEAD_LETTERS, key, key) for (_, key), _ in found], len(found) == _CHUNK


def _text(encoded: Any) -> str:
    if not isinstance(encoded, str):
        return ""
    try:
        return b64decode(encoded).decode("utf-8", "replace")
    except Base64Error:
        return ""


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _strings(value: Any) -> Iterator[str]:
    """Iterate the unescaped texts of a JSON value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def _lead_ids(text: str, lead_id_key: bytes) -> Iterator[str]:
    for found in _addresses(text):
        try:
            yield lead_id_of(normalise(found.strip(".")).email, lead_id_key)
        except BadAddressError:
            continue
    yield from _LEAD_ID.findall(text)


def _addresses(text: str) -> Iterator[str]:
    """Iterate the possible addresses in one pass over the text. A letter may hold 64 KiB without a space."""
    if "@" not in text:
        return
    for word in _BETWEEN.split(text):
        for local, domain in pairwise(word.split("@")):
            if local and domain and len(local) + len(domain) < _MOST_ADDRESS_CHARS:
                yield f"{local}@{domain}"


def _time(payload: Any) -> int | None:
    if not isinstance(payload, dict):
        return None
    at_ms = payload.get("occurred_at_ms")
    if isinstance(at_ms, int):
        return at_ms
    try:
        return to_ms(datetime.fromisoformat(str(payload.get("occurred_at"))))
    except (ValueError, TypeError):
        return None
