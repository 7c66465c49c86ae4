"""Placeholder ids: texts that a page sends when it has no id. They name no visitor, no conversation and no event.

A script that reads an id too early sends `undefined` or `[object Object]` for every visitor. Events of strangers under
such an id must not count for the person who fills in a form later. Of events under such an id, all but the first would be
dropped as repeats. An id that only looks odd stays an id.
"""

from __future__ import annotations

import re
import unicodedata
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
    *("visitor", "user", "deleted", "expired", "not_available", "not-available", "cookie_disabled", "cookies_disabled", "temp"),
    *("dummy", "sample", "example", "foo", "asdf", "qwerty", "system", "server", "\\n", "n\\a", "#ref!", "#value!", "#name?"),
    *("void", "nothing", "xxx", "xxxxxxxx", "1.0", "0x0", "null@null", "-infinity", "none.none", "session_id", "sessionid"),
    *("unbekannt", "inconnu", "anonyme", "anonym", "anonimo", "anónimo", "desconocido", "sconosciuto", "desconhecido"),
    *("неизвестно", "аноним", "なし", "不明", "未定義", "匿名", "未知", "无", "無", "없음", "익명", "غير معروف"),
    *("user_id", "userid", "uuid", "string", "undefined.undefined", "undefined undefined", "null null", "nan.nan", "0.0"),
))
# fmt: on
"""Words of scripts, exports and consent tools, in lower case and without what is around them."""
_AROUND: Final = " \t\r\n\"'`()<>[]"
"""Characters around a placeholder, as in (not set), <null> or "undefined"."""
_SHAPES: Final = re.compile(
    r"-1|0+|\{\s*\}|\[\s*\]|\[?object \w+\]?|function\s*\(.*|symbol\(.*\)"
    r"|\w{0,8}(?:\W\d){0,2}(?:[._|-]?(?:undefined|null|nan)){2}|[#$]\{\w+\}|(__|##)\w+\1|\$[a-z]+_id|[0-]+"
    r"|([0-9a-fx])\2{7}(?:-\2{4}){3}-\2{12}|([0-9a-f])\3{31}|x{8}-x{4}-4x{3}-yx{3}-x{12}"
)
_LONGEST: Final = 100
_LONGEST_WORD: Final = 9
_FIRST: Final = frozenset("{[(<$%*\"'`#_")
"""Characters with which a longer placeholder may begin."""
_LAST: Final = frozenset(")>]\"'`")
"""Characters with which a longer placeholder may end."""
_BEGINNINGS: Final = ("object", "function", "0123", "1234", "9876", "undefined", "null", "nan", "ga1.")
"""Beginnings of longer placeholders that are objects of a script, or digits in order."""


def is_placeholder_event_id(event_id: str) -> bool:
    """Whether the id of an event is a placeholder. A number other than 0 is an id, because systems count their events."""
    if event_id.isalnum() and event_id.isascii() and event_id[-1].isdigit():
        if event_id.isdigit():
            return not event_id.strip("0")
        if len(event_id) <= _LONGEST_WORD and event_id[0].isalpha():
            return False  # nearly every short id ends here
    return _is_placeholder(event_id) and not event_id.strip().lstrip("0").isdecimal()


@lru_cache(maxsize=100_000)
def is_placeholder_id(visitor_id: str) -> bool:
    """Whether an id of a browser or a session is a placeholder, in any case and with brackets, quotes or spaces around."""
    return _is_placeholder(visitor_id)


def _is_placeholder(visitor_id: str) -> bool:
    length = len(visitor_id)
    if length > _LONGEST or (length > _LONGEST_WORD and not _may_be_one(visitor_id)):
        return False  # nearly every id ends here
    text = visitor_id.strip().casefold()
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
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
