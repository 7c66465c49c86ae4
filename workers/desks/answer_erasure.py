"""A person is forgotten at the desks: their answers name nobody any more; turns, room and the ledger's sums stay.

In: that somebody was erased; by then their accounts have given back what they asked for. Out: changed rows. An answer
keeps what a return needs, so that one which is still on its way gives turn and room back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from workers.desks.rows import AnswerRow, AskedRow, DependsRow, RepRow, RotationRow, WaitingRow
from workers.engine.timers import start_cursor

if TYPE_CHECKING:
    from schemas.erasure import PersonErased
    from workers.engine.api import Cursor
    from workers.engine.rows import Row, Rows

ERASE: Final = "erase"
"""The kind of the cursor; its key is the lead_id."""
ERASED: Final = "erased"
"""Stands where a lead_id stood."""
_CHUNK = 200

LEAVES: Final[dict[type[Row], str]] = {
    AnswerRow: "their lead_id is overwritten wherever it stands",
    WaitingRow: "left when the account gives the request back",
    DependsRow: "deleted when the account depends on nobody any more",
    RotationRow: "counts per rep stay",
    RepRow: "says nothing of leads",
    AskedRow: "says nothing of leads",
}
"""How a person leaves each row type; a type that is missing here fails a test."""


def start_erasure(rows: Rows, event: PersonErased) -> None:
    """Begin to forget a person; done again it changes nothing more."""
    start_cursor(rows, ERASE, event.lead_id)


def erase_chunk(rows: Rows, cursor: Cursor) -> str | None:
    """Look through one chunk of answers, all of the last 30 days; return where to go on, None at the end."""
    after = tuple(cursor.position.split("\x00")) if cursor.position else ()
    found = rows.scan(AnswerRow, after=after, limit=_CHUNK)
    lead_id, raw = cursor.key, cursor.key.encode()
    for parts, answer in found:
        if answer.lead_id == lead_id or raw in answer.said:
            erased = replace(
                answer,
                lead_id=ERASED,
                account_key=answer.account_key.replace(lead_id, ERASED),
                said=answer.said.replace(raw, ERASED.encode()),
            )
            rows.put(erased, *parts)
    return "\x00".join(found[-1][0]) if len(found) == _CHUNK else None
