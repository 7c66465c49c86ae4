"""Finds the key of an ordinary activity without parsing the whole record.

An activity that its producer wrote to another partition is only forwarded here, and parsed where it is decided. Many producers
do not choose partitions by murmur2, and then it is nearly every activity.
In: a record of web.activity. Out: the key that ``VisitorsHop.key_of`` would return, or None: then the record must be parsed.
A record with another field that refuses it is refused where it is decided.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from schemas.topics import WEB_ACTIVITY
from workers.identity.placeholder_ids import is_placeholder_id

if TYPE_CHECKING:
    from workers.engine.api import Record

_ORDINARY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,98}[A-Za-z0-9]", re.ASCII)


class _Named(msgspec.Struct, gc=False):
    event_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    anonymous_id: str


_decode = msgspec.json.Decoder(_Named).decode


def quick_key_of(record: Record) -> str | None:
    """Return the browser of an ordinary activity. None: it must be parsed."""
    if record.topic != WEB_ACTIVITY.name or not record.value or len(record.value) > WEB_ACTIVITY.max_bytes:
        return None
    try:
        browser = _decode(record.value).anonymous_id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return browser if _ORDINARY.fullmatch(browser) and not is_placeholder_id(browser) else None
