"""Fold texts to one spelling for comparison: case, accents, vowel points, invisible characters, punctuation.

In: a text in any script. Out: the folded text or its words. A combining mark belongs to its letter: a combining vowel or a
tone mark makes another letter. Only accents of Latin and Greek letters, and points of Hebrew and Arabic, are left out.
"""

from __future__ import annotations

import html
import unicodedata
from functools import lru_cache
from typing import Final

_WITH_ACCENTS: Final = ("LATIN", "GREEK")
"""Scripts whose marks are accents. In other scripts a mark makes another letter (й, が, का)."""
_POINTS: Final = frozenset(
    chr(code)
    for code in (*range(0x0591, 0x05C8), *range(0x0610, 0x061B), *range(0x064B, 0x0653), 0x0670)
    if unicodedata.category(chr(code)) == "Mn"
)
"""Points of Hebrew and Arabic, which writing may leave out. A hamza or madda is a letter and stays."""
_TATWEEL: Final = "\u0640"
"""The stroke that lengthens an Arabic word. It has no meaning."""
_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ŧ": "t",
    }
)
"""Latin letters that Unicode does not decompose."""


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return ``text`` in compatibility form and lower case, without accents, points and invisible characters."""
    text = undo_damage(text)
    lower = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return without_accents(lower.translate(_VISIBLE)).translate(_LETTERS)


def undo_damage(text: str) -> str:
    """Return ``text`` as it was before a page escaped it for HTML, or a program took its UTF-8 for Windows-1252.

    ``undo_damage("M&uuml;ller") == undo_damage("MÃ¼ller") == "Müller"``
    """
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if text.isascii():
        return text
    try:
        return b"".join(map(_as_byte, text)).decode()
    except UnicodeError:
        return text


def _as_byte(char: str) -> bytes:
    """Return the byte that Windows-1252 shows as a character. Raises UnicodeEncodeError if there is none."""
    return char.encode("latin-1" if "\x80" <= char <= "\x9f" else "cp1252")


def without_accents(text: str) -> str:
    """Return ``text`` composed (NFC), without accents of Latin and Greek letters and points of Hebrew and Arabic."""
    if text.isascii():
        return text
    kept: list[str] = []
    has_accents = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char)[0] == "M":
            if char in _POINTS or (has_accents and unicodedata.combining(char)):
                continue
        elif char == _TATWEEL:
            continue
        else:
            has_accents = unicodedata.name(char, "").startswith(_WITH_ACCENTS)
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters, digits and combining marks."""
    return text.translate(_SPACED).split()


def is_word_character(char: str) -> bool:
    """Whether a character belongs to a word: a letter, a digit or a combining mark."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


class _Spaced(dict[int, str]):
    """Every character, for ``str.translate``: itself if it belongs to a word, else a space."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = found = char if is_word_character(char) else " "
        return found


class _Visible(dict[int, str]):
    """Every character, for ``str.translate``: itself, or nothing if it is invisible."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = found = "" if unicodedata.category(char) == "Cf" else char
        return found


_SPACED: Final = _Spaced()
_VISIBLE: Final = _Visible()


def fold_words(text: str) -> str:
    """Return the folded words of a text, separated by single spaces."""
    return " ".join(words_of(fold(text)))
