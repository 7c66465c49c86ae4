"""Whose dead letters are they? An index from lead_ids to the letters that hold something of them, for an erasure.

In: the dead letters of all hops, as they stand on their topic. Out: rows, and tombstones for the letters of who is
erased. A letter may be anything, so it is searched as text, for addresses and for the ids of leads.
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
from workers.identity.erasures import erased_until_ms
from workers.identity.event_time import DAY_MS, to_ms
from workers.identity.people import lead_id_of
from workers.outbox import tombstone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engine.api import Record
    from workers.engine.rows import Rows

FORGET_LETTER: Final = "forget_letter"
"""The kind of the timer that ends an entry of the index."""
MOST_PEOPLE: Final = 50
"""People of one letter that are indexed: more are no record of one person's doing."""
_KEPT_MS: Final = (DEAD_LETTERS.retention_ms or 0) + 2 * DAY_MS
_CHUNK: Final = 200
_SEP: Final = "\x1f"
_BETWEEN: Final = re.compile(r"[\s<>\"'\\,;:()\[\]]+")
_MOST_ADDRESS_CHARS: Final = 320
_LEAD_ID: Final = re.compile(
    r"(?:\"lead_id\"\s*:\s*\"|lead:)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII
)


class LetterRow(Row, frozen=True):
    """A dead letter holds something of a lead: key (lead_id, the letter's key). Gone when the topic drops the letter."""

    prefix: ClassVar[str] = "letter"


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as far as an erasure is concerned."""

    key: str
    lead_ids: tuple[str, ...] = ()
    occurred_at_ms: int | None = None
    """When what it holds happened, where that can be read."""


def read_letter(record: Record, lead_id_key: bytes) -> Letter:
    """Return whose letter a record of dead.letters is; one that cannot be read is nobody's."""
    key = (record.key or b"").decode("utf-8", "replace")
    try:
        letter = json.loads(record.value or b"{}")
        said = [_text(letter.get("key_base64")), _text(letter.get("payload_base64"))]
    except (ValueError, AttributeError):
        return Letter(key)
    payload = _parsed(said[1])
    texts = [*said, *_strings(payload)]
    lead_ids = dict.fromkeys(found for text in texts for found in _lead_ids(text, lead_id_key))
    return Letter(key, tuple(lead_ids)[:MOST_PEOPLE], _time(payload))


def keep(rows: Rows, letter: Letter, now_ms: int) -> list[Emit]:
    """Index a letter; one of somebody who was erased after it happened is deleted at once."""
    for lead_id in letter.lead_ids:
        if letter.occurred_at_ms is not None and letter.occurred_at_ms <= erased_until_ms(rows, lead_id):
            return [tombstone(DEAD_LETTERS, letter.key, letter.key)]
    for lead_id in letter.lead_ids:
        rows.put(LetterRow(), lead_id, letter.key)
        set_timer(rows, FORGET_LETTER, f"{lead_id}{_SEP}{letter.key}", now_ms + _KEPT_MS)
    return []


def forget(rows: Rows, timer_key: str) -> None:
    """The topic has dropped the letter by now."""
    lead_id, _, key = timer_key.partition(_SEP)
    rows.delete(LetterRow, lead_id, key)


def erase_chunk(rows: Rows, lead_id: str) -> tuple[list[Emit], bool]:
    """Delete at most 200 letters of a person; return the tombstones, and whether there may be more."""
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
    """Iterate the texts of a JSON value as they read when unescaped."""
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
    """Iterate what may be an address, in one walk over the text: a letter may be 64 KiB of one word."""
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
