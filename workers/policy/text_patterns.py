"""Text matching for the policy: whole words in any spelling, and glob patterns whose only special character is ``*``."""

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


@lru_cache(maxsize=10_000)
def normalize_words(text: str) -> str:
    """Return the words of ``text`` in the form in which they are compared: lower case, no accents, single spaces.

    Every character except letters and digits separates words (``-``, ``_``, ``/``, ``&``, commas, apostrophes). Dots
    within an abbreviation are removed: "V.P. of I.T." becomes "vp of it", "Vice-President" becomes "vice president".
    A text without words returns "".
    """
    folded = _ABBREVIATION.sub(lambda found: _DOTS.sub("", found[0]), _fold(_fold(text)))
    folded = _PLUS_OR_HASH.sub(lambda found: found[1] or " ", folded)
    return " ".join("".join(char if _is_word_character(char) else " " for char in folded).split())


class WholeWords:
    """A search for phrases as whole words of a text. Phrases and text are normalized first.

    "intern" is found in "Intern, IT", but not in "Internal audit". Without phrases nothing is found.
    """

    __slots__ = ("_pattern",)

    def __init__(self, phrases: Iterable[str]) -> None:
        parts = "|".join(re.escape(words) for words in map(normalize_words, phrases) if words)
        self._pattern = re.compile(rf"(?<!\S)(?:{parts})(?!\S)" if parts else r"(?!)")

    def found_in(self, text: str) -> bool:
        """Whether ``text`` contains one of the phrases."""
        return self._pattern.search(normalize_words(text)) is not None


def _fold(text: str) -> str:
    """Return ``text`` in lower case, without accents. Two calls reach a fixed point: decomposition may yield capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in apart if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")
    return "".join(kept).casefold().translate(_STROKES)


def _is_word_character(char: str) -> bool:
    return char.isalnum() or char in "+#" or unicodedata.category(char).startswith("M")


def compile_globs(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile glob patterns. ``match`` succeeds if one of them matches the whole text, in any case.

    Only ``*`` is special (any characters, or none), because ``?`` and ``[`` occur in page addresses. Matching time grows
    with the length of the text only: fnmatch matches each piece once, without backtracking.
    """
    return re.compile("|".join(fnmatch.translate(_escape(one)) for one in patterns), re.IGNORECASE)


def _escape(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")
