"""Words and patterns of the policy, compiled: whole words in any case, and globs whose one sign is the star."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable


def whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    """Compile phrases so that ``search`` finds one of them as whole words, in any case, with any spacing between.

    "intern" is found in "Intern, IT", not in "Internal audit". No phrases: never found.
    """
    parts = [r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases]
    if not parts:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def glob(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile globs so that ``match`` holds where one of them covers the whole text, in any case.

    Only ``*`` is special (any characters, or none): ``?`` and ``[`` belong to addresses of pages. The time taken grows
    with the text's length only: fnmatch matches each piece once and never goes back.
    """
    return re.compile("|".join(fnmatch.translate(_plain(one)) for one in patterns), re.IGNORECASE)


def _plain(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")
