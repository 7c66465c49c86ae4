"""Erase a person at the desks: stored answers lose the lead_id; turns, capacity and the ledger's sums stay.

Input: an erasure. By then the person's accounts have returned what they requested. Output: changed rows. An answer
keeps what a return needs, so that a return in transit still restores turn and capacity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from workers.desks.partner_turns import PartnerOpenRow
from workers.desks.rows import (
    AnswerRow,
    AskedRow,
    DependsRow,
    MissedRow,
    NamedByRow,
    NamedRow,
    RepRow,
    RotationRow,
    SlipRow,
    WaitingRow,
    WorkRow,
)
from workers.engine.timers import start_cursor

if TYPE_CHECKING:
    from schemas.erasure import PersonErased
    from workers.engine.api import Cursor
    from workers.engine.rows import Row, Rows

ERASE: Final = "erase"
"""The kind of the cursor. Its key is the lead_id."""
ERASED: Final = "erased"
"""The text that replaces a lead_id."""
_CHUNK = 200

LEAVES: Final[dict[type[Row], str]] = {
    AnswerRow: "the lead_id is overwritten in every answer",
    WaitingRow: "deleted when the account returns the request",
    DependsRow: "deleted when the account depends on no rep any more",
    PartnerOpenRow: "deleted when the account reports no open lead of the partner any more",
    WorkRow: "deleted when the account has no open hand-off of the desk any more",
    RotationRow: "holds counts per rep, none per lead: it stays",
    RepRow: "holds nothing about leads",
    MissedRow: "holds nothing about leads",
    AskedRow: "holds nothing about leads",
    NamedRow: "holds nothing about leads",
    SlipRow: "holds nothing about leads",
    NamedByRow: "holds nothing about leads",
}
"""How a person leaves each row type. A row type that is missing here fails a test."""


def start_erasure(rows: Rows, event: PersonErased) -> None:
    """Start to erase a person. A repeated start changes nothing more."""
    start_cursor(rows, ERASE, event.lead_id)


def erase_chunk(rows: Rows, cursor: Cursor) -> str | None:
    """Erase the person in one chunk of all stored answers; return the position to continue at, or None at the end."""
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
