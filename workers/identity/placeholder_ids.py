"""Placeholder ids: texts that a page sends when it has no id. They name no visitor.

A script that reads an id too early sends `undefined` or `[object Object]` for every visitor. Events of strangers under
such an id must not count for the person who fills in a form later. An id that only looks odd stays an id.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from workers.identity.placeholders import is_filler, is_template

# fmt: off
_WORDS: Final = frozenset((
    *("undefined", "undef", "null", "none", "nil", "nan", "false", "true", "anonymous", "anon", "unknown", "guest", "n/a"),
    *("na", "n.a.", "#n/a", "-", "--", "?", "not set", "unset", "empty", "blank", "default", "missing", "error", "invalid"),
    *("direct", "test", "object", "function", "infinity", "promise", "no-id", "no_id", "noid", "unidentified", "anonymous user"),
    *("unknown user", "opt-out", "optout", "opt_out", "opted_out", "denied", "blocked", "no-consent", "no_consent", "cookieless"),
    *("no-cookie", "no_cookie", "nocookie", "anonymous_id", "anonymousid", "visitor_id", "visitorid", "client_id", "clientid"),
    *("user_id", "userid", "uuid", "string", "undefined.undefined", "undefined undefined", "null null", "nan.nan", "0.0"),
))
# fmt: on
"""Words of scripts, exports and consent tools, in lower case and without what is around them."""
_AROUND: Final = " \t\r\n\"'`()<>[]"
"""Characters around a placeholder, as in (not set), <null> or "undefined"."""
_SHAPES: Final = re.compile(
    r"-1|0+|\{\s*\}|\[\s*\]|\[?object \w+\]?|function\s*\(.*|symbol\(.*\)"
    r"|([0-9a-fx])\1{7}(?:-\1{4}){3}-\1{12}|([0-9a-f])\2{31}|x{8}-x{4}-4x{3}-yx{3}-x{12}"
)
_LONGEST: Final = 100
_LONGEST_WORD: Final = 9
_FIRST: Final = frozenset("{[(<$%*\"'`")
"""Characters with which a longer placeholder may begin."""
_LAST: Final = frozenset(")>]\"'`")
"""Characters with which a longer placeholder may end."""
_BEGINNINGS: Final = ("object", "function", "0123", "1234", "9876")
"""Beginnings of longer placeholders that are objects of a script, or digits in order."""


@lru_cache(maxsize=100_000)
def is_placeholder_id(visitor_id: str) -> bool:
    """Whether an id of a browser or a session is a placeholder, in any case and with brackets, quotes or spaces around."""
    length = len(visitor_id)
    if length > _LONGEST or (length > _LONGEST_WORD and not _may_be_one(visitor_id)):
        return False  # nearly every id ends here
    text = visitor_id.strip().casefold()
    bare = text.strip(_AROUND)
    if (
        not bare.strip("-_.\u2013\u2014")
        or text in _WORDS
        or bare in _WORDS
        or _SHAPES.fullmatch(text) is not None
    ):
        return True
    is_number = bare.isdecimal() and len(bare) > 4  # noqa: PLR2004 - a short number may be the id of a small site
    return (is_number and is_filler(bare)) or is_template(text)


def _may_be_one(visitor_id: str) -> bool:
    first, last = visitor_id[0], visitor_id[-1]
    if first in _FIRST or last in _LAST or first.isspace() or last.isspace() or visitor_id[1:4] == first * 3:
        return True
    text = visitor_id.casefold()
    return text in _WORDS or text.startswith(_BEGINNINGS)
