"""Hand-off ids: the account key inside the id, by which a sales activity finds its account's log."""

from __future__ import annotations

import re
from typing import Final

from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError

_HANDOFF: Final = re.compile(
    r"(?P<account_key>domain:[a-z0-9-]+(?:\.[a-z0-9-]+)+|crm:[A-Za-z0-9_.~%-]+"
    r"|lead:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})#\d+\.\d+",
    re.ASCII,
)
"""The form of a hand-off id in lead.routing: <account_key>#<cycle>.<n>."""


def account_key_of(handoff_id: str) -> str:
    """Return the account key in a hand-off's id. Raises RefusedError ``unknown_handoff`` if the id is malformed."""
    found = _HANDOFF.fullmatch(handoff_id.strip())
    if found is None:
        detail = "handoff_id: expected one that lead.routing named, <account_key>#<cycle>.<n>"
        raise RefusedError(DeadLetterReason.UNKNOWN_HANDOFF, detail)
    return found["account_key"]
