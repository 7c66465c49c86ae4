"""Text matching for the policy: whole words in any spelling, and glob patterns whose only special character is ``*``.

Scripts such as Chinese, Japanese and Thai write no spaces between words. A phrase of such a script is found anywhere.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_LETTER: Final = r"[^\W\d_]"
_ABBREVIATION: Final = re.compile(
    rf"(?<![^\W_])(?:{_LETTER}(?:\.{_LETTER})+\.?|(?<!\.){_LETTER}\.(?:\s+{_LETTER}\.)+)(?![^\W_])"
)
_PLUS_OR_HASH: Final = re.compile(rf"(?<![^\W_])({_LETTER}[+#]+)(?![^\W_]|[+#])|[+#]")
"""C++ and C# are words. Any other + or # separates words."""
_DOTS: Final = re.compile(r"[.\s]+")
_STROKES: Final = str.maketrans(
    {"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "\u02bc": " "}
)
"""Letters that Unicode normalization does not decompose: with a stroke, ligatures, dotless i; and an apostrophe."""


_WITHOUT_SPACES: Final = frozenset(
    {
        "CJK",
        "IDEOGRAPHIC",
        "HIRAGANA",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "BOPOMOFO",
        "THAI",
        "LAO",
        "KHMER",
        "MYANMAR",
    }
)
"""Scripts that write no spaces between words."""
_MARKS: Final = "".join(
    chr(code)
    for code in (*range(0x0E00, 0x0F00), *range(0x1000, 0x10A0), *range(0x1780, 0x1800))
    if unicodedata.category(chr(code))[0] == "M"
)
"""Combining marks of Thai, Lao, Burmese and Khmer."""
_MARKS_OPTIONAL: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC"})
"""Scripts whose marks are accents or points. In all others a mark makes another letter, as dependent vowels do."""
_RUN: Final = "run"
"""The common name of all scripts without spaces."""


@lru_cache(maxsize=10_000)
def normalize_words(text: str) -> str:
    """Return the words of ``text`` in the form in which they are compared: lower case, no accents, single spaces.

    Every character except letters, their marks and digits separates words (``-``, ``_``, ``/``, ``&``, apostrophes). A
    word also ends where the script changes: "ITの部長" becomes "it の部長". Dots within an abbreviation are removed:
    "V.P. of I.T." becomes "vp of it". A text without words returns "".
    """
    folded = _ABBREVIATION.sub(lambda found: _DOTS.sub("", found[0]), _fold(_fold(text)))
    folded = _PLUS_OR_HASH.sub(lambda found: found[1] or " ", folded)
    words = "".join(char if _is_word_character(char) else " " for char in folded).split()
    return " ".join(words) if folded.isascii() else _split_scripts(" ".join(words))


class WholeWords:
    """A search for phrases as whole words of a text. Phrases and text are normalized first.

    "intern" is found in "Intern, IT", but not in "Internal audit". "部長" is found in "情報システム部長", because Japanese
    writes no spaces. Without phrases nothing is found.
    """

    __slots__ = ("_pattern",)

    def __init__(self, phrases: Iterable[str]) -> None:
        parts = "|".join(_bounded(words) for words in map(normalize_words, phrases) if words)
        self._pattern = re.compile(parts or r"(?!)")

    def found_in(self, text: str) -> bool:
        """Whether ``text`` contains one of the phrases."""
        return self._pattern.search(normalize_words(text)) is not None

    def found_outside(self, exceptions: WholeWords, text: str) -> bool:
        """Whether ``text`` contains one of the phrases that is not part of a phrase of ``exceptions``."""
        words = normalize_words(text)
        spans = [found.span() for found in exceptions._pattern.finditer(words)]
        return any(
            not any(start <= found.start() and found.end() <= end for start, end in spans)
            for found in self._pattern.finditer(words)
        )


def _bounded(words: str) -> str:
    """Return a pattern of normalized words. Only an end in a script with spaces must be the end of a word."""
    first, last = _script_of(words[0]), _script_of(_without_marks(words)[-1])
    before = "" if first == _RUN else r"(?<!\S)"
    behind = f"(?![{_MARKS}])" if last == _RUN else r"(?!\S)"
    return f"{before}{re.escape(words)}{behind}"


def _without_marks(words: str) -> str:
    """Return ``words`` without combining marks, which have no script of their own."""
    return "".join(char for char in words if unicodedata.category(char)[0] != "M") or words


def _split_scripts(words: str) -> str:
    """Separate words where the script changes, and join words of scripts without spaces."""
    made: list[str] = []
    script = ""
    for char in words:
        now = _script_of(char)
        if now and script and now != script and made[-1] != " ":
            made.append(" ")
        elif now == script == _RUN and made[-1] == " ":
            made.pop()
        made.append(char)
        script = now or script
    return "".join(made)


@lru_cache(maxsize=10_000)
def _script_of(char: str) -> str:
    """Return the script of a letter, with one name for all scripts without spaces. Empty for any other character."""
    if unicodedata.category(char)[0] != "L":
        return ""
    script = unicodedata.name(char, "").partition(" ")[0]
    return _RUN if script in _WITHOUT_SPACES else "" if script == "MODIFIER" else script


def _fold(text: str) -> str:
    """Return ``text`` in lower case, without accents. Two calls reach a fixed point: decomposition may yield capitals."""
    kept: list[str] = []
    is_optional = True
    for char in unicodedata.normalize("NFKD", text.casefold()):
        category = unicodedata.category(char)
        if category == "Cf" or (category[0] == "M" and is_optional and unicodedata.combining(char)):
            continue
        if category[0] != "M":
            is_optional = (
                unicodedata.name(char, "").partition(" ")[0] in _MARKS_OPTIONAL or category[0] != "L"
            )
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).casefold().translate(_STROKES)


def _is_word_character(char: str) -> bool:
    return char.isalnum() or char in "+#" or unicodedata.category(char).startswith("M")


def compile_globs(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile glob patterns. ``match`` succeeds if one of them matches the whole text, in any case.

    Only ``*`` is special (any characters, or none), because ``?`` and ``[`` occur in page addresses. Matching time grows
    with the length of the text only: fnmatch matches each piece once, without backtracking.
    """
    return re.compile("|".join(fnmatch.translate(_escape(one)) for one in patterns), re.IGNORECASE)


@lru_cache(maxsize=10_000)
def may_match_one_text(one: str, other: str) -> bool:
    """Whether some text matches both of two glob patterns, in any case."""
    one, other = one.casefold(), other.casefold()
    # reached[n]: whether the part of ``one`` so far and the first n characters of ``other`` may match one text.
    reached = [not other[:end].strip("*") for end in range(len(other) + 1)]
    for mine in one:
        before, reached = reached, [mine == "*" and reached[0]]
        for end, theirs in enumerate(other, start=1):
            is_open = "*" in {mine, theirs} and (before[end] or reached[end - 1])
            reached.append(is_open or (mine == theirs and before[end - 1]))
    return reached[-1]


def _escape(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")
