"""Spellings of an e-mail address that can be read without a guess, although they are not addresses as they are.

In: a text that is not a valid address. Out: the address in it, unchecked, or None. It removes what people and systems
write around an address: a display name, mailto:, brackets, quotes, punctuation behind, invisible characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FULL_WIDTH: Final = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}) | {
    ord("\ufe6b"): "@",
    ord("\u3002"): ".",
    ord("\uff61"): ".",
}
"""Characters of full width, as East Asian keyboards write them, with the usual character."""
_IN_BRACKETS: Final = re.compile(r"<([^<>]*@[^<>]*)(?:>|$)")
_SCHEME: Final = re.compile(r"\s*(?:mailto|smtp|e-?mail)\s*:\s*", re.IGNORECASE)
_COMMENT: Final = re.compile(r"\s*\([^()@]*\)\s*")
_AROUND_AT: Final = re.compile(r"\s*@\s*")
_OPENING: Final = " \t<([{\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a,;:"
_CLOSING: Final = " \t>)]}\"'`\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a,;:."


def find_address(raw: str) -> str | None:
    """Return the one address that a text holds, or None if it holds none or several."""
    text = _visible(raw).translate(_FULL_WIDTH)
    in_brackets = _IN_BRACKETS.findall(text)
    if len(in_brackets) == 1:
        text = in_brackets[0]
    text = _COMMENT.sub(" ", text).lstrip(_OPENING).rstrip(_CLOSING)
    scheme = _SCHEME.match(text)
    if scheme is not None:
        text = text[scheme.end() :].partition("?")[0].lstrip(_OPENING).rstrip(_CLOSING)
    text = _AROUND_AT.sub("@", text)
    return text if text.count("@") == 1 and not any(char.isspace() for char in text) else None


def _visible(raw: str) -> str:
    """Return ``raw`` without invisible characters. Control characters and white space of any kind become spaces."""
    kept = (char for char in raw if unicodedata.category(char) != "Cf")
    return "".join(" " if char.isspace() or unicodedata.category(char) == "Cc" else char for char in kept)
