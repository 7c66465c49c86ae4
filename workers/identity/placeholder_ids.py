"""Placeholder ids: texts that a page sends when it has no id. They name no visitor.

A script that reads an id too early sends `undefined` or `[object Object]` for every visitor. Events of strangers under
such an id must not count for the person who fills in a form later. An id that only looks odd stays an id.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = frozenset(
    ("undefined", "null", "none", "nil", "nan", "false", "true", "anonymous", "unknown", "guest", "n/a")
)
_SHAPES: Final = re.compile(
    r"-1|0+|\{\s*\}|\[\s*\]|\[object object\]|0{8}(?:-0{4}){3}-0{12}|f{8}(?:-f{4}){3}-f{12}|f{32}"
)
_LONGEST: Final = 40


def is_placeholder_id(visitor_id: str) -> bool:
    """Whether an id of a browser or a session is a placeholder, in any case and with spaces around it."""
    if len(visitor_id) > _LONGEST:
        return False
    text = visitor_id.strip().casefold()
    return text in _WORDS or _SHAPES.fullmatch(text) is not None
