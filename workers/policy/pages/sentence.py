"""The form of a sentence of ``lead-router policy explain``."""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """The sentence of one key."""

    text: str
    absent: str = ""
    inline: bool = False
