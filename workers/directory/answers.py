"""Which account does an answer of sales belong to? The hand-off's id holds the account key; else the address says."""

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
"""<account_key>#<cycle>.<n>, as lead.routing names its hand-offs."""


def account_key_of(handoff_id: str) -> str:
    """Return the account key in a hand-off's id. Raises RefusedError ``unknown_handoff``."""
    found = _HANDOFF.fullmatch(handoff_id.strip())
    if found is None:
        detail = "handoff_id: expected one that lead.routing named, <account_key>#<cycle>.<n>"
        raise RefusedError(DeadLetterReason.UNKNOWN_HANDOFF, detail)
    return found["account_key"]
