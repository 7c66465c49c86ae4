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
_LONGEST_WORD: Final = 9
_STARTS_OF_SHAPES: Final = frozenset("0-{[fF")
"""A longer placeholder begins with one of these, or a space is around it. The test is cheap, and nearly every id fails it."""


def is_placeholder_id(visitor_id: str) -> bool:
    """Whether an id of a browser or a session is a placeholder, in any case and with spaces around it."""
    length = len(visitor_id)
    if length > _LONGEST or (
        length > _LONGEST_WORD
        and visitor_id[0] not in _STARTS_OF_SHAPES
        and not (visitor_id[0].isspace() or visitor_id[-1].isspace())
    ):
        return False
    text = visitor_id.strip().casefold()
    return text in _WORDS or _SHAPES.fullmatch(text) is not None
