"""Dead letters as text and as JSON. Key and payload are shown only if the letters hold them."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

from schemas.parsing import redact_addresses
from workers.views.record_line import format_time, letter_action_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.letters.letter_list import ListedLetter

_PLACE_WIDTH: Final = 28


def state_of(listed: ListedLetter) -> str:
    """Return `open`, or what an operator did about the letter."""
    return "open" if listed.action is None else listed.action.action.value


def letter_line(listed: ListedLetter, *, with_state: bool) -> str:
    """Return one letter as a line: time, place, hop, reason, producer and detail."""
    letter = listed.letter
    state = f"{state_of(listed):<9}" if with_state else ""
    producer = f" | {redact_addresses(listed.producer)}" if listed.producer else ""
    return (
        f"{format_time(letter.occurred_at)}  {state}{listed.place:<{_PLACE_WIDTH}}  {letter.reason} | {letter.agent}"
        f"{producer} | {letter.detail}"
    )


def letter_page(listed: ListedLetter, later: ListedLetter | None) -> Iterator[str]:
    """Yield the lines of one letter with everything that is known about it.

    ``later``: the letter of the record that was sent again, if that one failed too.
    """
    letter = listed.letter
    yield f"letter    {letter.event_id}"
    yield f"record    {letter.topic}/{letter.partition}/{letter.offset}, {letter.payload_bytes:,} bytes"
    yield f"time      {format_time(letter.occurred_at)}"
    yield f"hop       {letter.agent}"
    yield f"reason    {letter.reason}"
    yield f"detail    {letter.detail}"
    if listed.producer:
        yield f"producer  {redact_addresses(listed.producer)}"
    yield f"state     {state_of(listed)}"
    if listed.action is not None:
        yield f"action    {format_time(listed.action.occurred_at)} {letter_action_sentence(listed.action)}"
    if later is not None:
        yield f"then      failed again: {letter_line(later, with_state=True)}"
    if letter.key_base64 is not None:
        yield f"key       {_text(letter.key_base64)}"
    if letter.payload_base64 is not None:
        yield "payload"
        yield _text(letter.payload_base64)


def letter_json(listed: ListedLetter) -> str:
    """Return one letter as a line of JSON: its fields, its state and the action on it."""
    shown: dict[str, Any] = listed.letter.model_dump(mode="json", exclude_none=True)
    shown |= {"place": listed.place, "state": state_of(listed)}
    if listed.producer:
        shown["producer"] = redact_addresses(listed.producer)
    if listed.action is not None:
        shown["operator_action"] = listed.action.model_dump(mode="json", exclude_none=True)
    return json.dumps(shown, ensure_ascii=False)


def _text(encoded: str) -> str:
    """Return bytes as printable text. Control characters could change the terminal of the operator."""
    text = b64decode(encoded).decode("utf-8", "backslashreplace")
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else sign.encode("unicode_escape").decode()
        for sign in text
    )
