"""Spellings of an e-mail address that can be read without a guess, although they are not addresses as they are.

In: a text that is not a valid address. Out: the address in it, unchecked, or None. It removes what people and systems
write around an address: a display name, mailto:, brackets, quotes, punctuation behind, invisible characters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final
from urllib.parse import unquote

_FULL_WIDTH: Final = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}) | {
    ord("\ufe6b"): "@",
    ord("\u3002"): ".",
    ord("\uff61"): ".",
    **dict.fromkeys(map(ord, "\u2024\ufe52"), "."),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-"),
}
"""Characters of full width and of typography, as keyboards and word processors write them, with the usual character."""
_IN_BRACKETS: Final = re.compile(r"<([^<>]*@[^<>]*)(?:>|$)")
_IN_OTHER_BRACKETS: Final = re.compile(
    r"[(\[{「『【《]([^()\[\]{}「」『』【】《》]*@[^()\[\]{}「」『』【】《》]*)[)\]}」』】》]"
)
_BETWEEN: Final = re.compile(r"[\s,;|、]+")
_BULLET: Final = re.compile(r"^[-*\u2022\u2013=]\s*(?=\S+@)")
_ESCAPED: Final = re.compile(r"(?:\\[nrt])+$")
"""A line break that was written as two characters."""
_SCHEME: Final = re.compile(r"\s*(?:mailto|smtp|https?)\s*[:=]/*\s*", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"\s*(?:(?:e-?mail|mail|address|adresse|courriel|correo|posta|to|from|an|von|cc)\b[\s.]*){1,3}(?:[:=;]\s*|(?<=\s)(?=\S+@))"
    r"|\s*(?:邮箱|邮件|電子郵件|メール|почта)\s*[:\uff1a]?\s*",
    re.IGNORECASE,
)
"""The name of the field before an address."""
_NAME_BEFORE: Final = re.compile(
    r"[^@]*\w(?:\s+[-\u2013\u2014/|]\s+|[:;|]\s+|\t)(?=\S+@)|\d{1,2}[.)]\s+(?=\S+@)"
)
"""A name or a number before an address, as in "Ann Lee - ann@bank.example". A comma or a blank could be a part of it."""
_NOTE_BEHIND: Final = re.compile(r"(?<=\w)(?:\s*[,;|/]\s+|\s+[-\u2013\u2014]\s+)(?=[^@]*\w{3})[^@]*$")
"""A note behind an address, as in "ann@bank.example, Ann Lee". Two letters could be the end of the domain."""
_QUERY: Final = re.compile(r"(?<=\w)\?\w+=[^@]*$")
_OUTER_ESCAPES: Final = re.compile(r"^(?:%(?:20|09|0a|0d))+|(?:%(?:20|09|0a|0d))+$", re.IGNORECASE)
"""White space at the ends, as a URL has it."""
_COMMENT: Final = re.compile(r"\s*\([^()@]*\)\s*")
_AROUND_AT: Final = re.compile(r"\s*@[\s.]*")
_OPENING: Final = " \t/|\\~.<([{\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a,;:「『【《"
_CLOSING: Final = (
    " \t|\\#&<=~_>)]}\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a,;:.!?*/\u3001」』】》"
)


def find_address(raw: str) -> str | None:
    """Return the one address that a text holds, or None if it holds none or several."""
    text = _ESCAPED.sub("", with_usual_characters(_visible(_decoded(raw))).strip())
    parts = [_strip(part) for part in _BETWEEN.split(text) if part]
    if len(parts) > 1 and len({part.casefold() for part in parts}) == 1:
        text = parts[0]  # the same address twice
    in_brackets = _IN_BRACKETS.findall(text)
    if len(in_brackets) == 1:
        text = in_brackets[0]
    elif not in_brackets:
        text = _in_other_brackets(text)
    text = _strip(_BULLET.sub("", _COMMENT.sub(" ", text).strip(), count=1))
    text = _strip(_LABEL.sub("", text, count=1) if _LABEL.match(text) else text)
    before = _NAME_BEFORE.match(text)
    text = _strip(_NOTE_BEHIND.sub("", text if before is None else text[before.end() :]))
    scheme = _SCHEME.match(text)
    if scheme is not None:
        text = _strip(unquote(text[scheme.end() :].partition("?")[0]))
    text = _AROUND_AT.sub("@", _strip(_QUERY.sub("", text)))
    return (
        text if text.count("@") == 1 and not any(char.isspace() or is_symbol(char) for char in text) else None
    )


def with_usual_characters(text: str) -> str:
    """Return a text with the usual characters for those of full width and of typography."""
    return text.translate(_FULL_WIDTH)


def _decoded(raw: str) -> str:
    """Return a text that a page has escaped for a URL or for HTML, as it was before."""
    text = html.unescape(raw) if "&" in raw and ";" in raw else raw
    text = _OUTER_ESCAPES.sub("", text.strip())
    return unquote(text) if "@" not in text and "%40" in text else text


def _in_other_brackets(text: str) -> str:
    """Return the address in round, square or East Asian brackets, if a name is outside. Else ``text``."""
    found = {_strip(_SCHEME.sub("", one)) for one in _IN_OTHER_BRACKETS.findall(text)}
    is_one = len(found) == 1 and "@" not in _IN_OTHER_BRACKETS.sub(" ", text)
    return found.pop() if is_one else text


def is_symbol(char: str) -> bool:
    """Whether a character is a symbol or punctuation that no keyboard for addresses has, as a picture or an arrow."""
    return not char.isascii() and unicodedata.category(char)[0] in "SP"


def _strip(text: str) -> str:
    """Return a text without the characters around an address."""
    begin, end = 0, len(text)
    while begin < end and (text[begin] in _OPENING or is_symbol(text[begin])):
        begin += 1
    while begin < end and (text[end - 1] in _CLOSING or is_symbol(text[end - 1])):
        end -= 1
    return text[begin:end]


def _visible(raw: str) -> str:
    """Return ``raw`` without invisible characters. Control characters and white space of any kind become spaces."""
    kept = (char for char in raw if unicodedata.category(char) != "Cf")
    return "".join(" " if char.isspace() or unicodedata.category(char) == "Cc" else char for char in kept)
