"""Words and patterns of the policy, compiled: whole words however they are written, and globs whose one sign is the star."""

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
_SIGNS: Final = re.compile(rf"(?<![^\W_])({_LETTER}[+#]+)(?![^\W_]|[+#])|[+#]")
"""C++ and C# are words; any other + and # parts words."""
_DOTS: Final = re.compile(r"[.\s]+")
_STROKES: Final = str.maketrans(
    {"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "\u02bc": " "}
)
"""What Unicode does not take apart: letters with a stroke, two in one, an i without its dot, an apostrophe."""


@lru_cache(maxsize=10_000)
def normalize_words(text: str) -> str:
    """Return the words of ``text`` as they are compared: small letters without accents, one space between.

    Whatever is no letter or digit parts words (``-``, ``_``, ``/``, ``&``, commas, apostrophes); the dots within an
    abbreviation join them: "V.P. of I.T." is "vp of it", "Vice-President" is "vice president". Nothing to read: "".
    """
    bare = _ABBREVIATION.sub(lambda found: _DOTS.sub("", found[0]), _bare(_bare(text)))
    bare = _SIGNS.sub(lambda found: found[1] or " ", bare)
    return " ".join("".join(char if _is_of_a_word(char) else " " for char in bare).split())


class WholeWords:
    """Phrases of the policy, to be found as whole words of a text, both in their plain form.

    "intern" is found in "Intern, IT", not in "Internal audit". No phrases: never found.
    """

    __slots__ = ("_pattern",)

    def __init__(self, phrases: Iterable[str]) -> None:
        parts = "|".join(re.escape(words) for words in map(normalize_words, phrases) if words)
        self._pattern = re.compile(rf"(?<!\S)(?:{parts})(?!\S)" if parts else r"(?!)")

    def found_in(self, text: str) -> bool:
        """Whether one of the phrases stands in ``text``."""
        return self._pattern.search(normalize_words(text)) is not None


def _bare(text: str) -> str:
    """Fold the case and take the accents off. Done twice it has no more to do: taking apart may bring capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in apart if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")
    return "".join(kept).casefold().translate(_STROKES)


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or char in "+#" or unicodedata.category(char).startswith("M")


def compile_globs(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile globs so that ``match`` holds where one of them covers the whole text, in any case.

    Only ``*`` is special (any characters, or none): ``?`` and ``[`` belong to addresses of pages. The time taken grows
    with the text's length only: fnmatch matches each piece once and never goes back.
    """
    return re.compile("|".join(fnmatch.translate(_plain(one)) for one in patterns), re.IGNORECASE)


def _plain(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")
