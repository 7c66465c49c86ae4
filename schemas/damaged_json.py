"""Reads JSON whose characters are damaged: another encoding, half of a pair of surrogates, raw control characters.

In: the bytes of a record that a strict parser refuses. Out: its value, or None if it is not JSON. A form does not lose
its request because one letter of a comment was cut in two, or was written in another encoding.
"""

from __future__ import annotations

import codecs
import json
from typing import Any, Final

_ENCODINGS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Encodings by the mark with which a text begins."""
_MOST_DIGITS: Final = 100
"""Most digits of a whole number. A longer one is read as text."""


def repair_encoding(raw: bytes) -> bytes:
    """Return the bytes of a record in UTF-8. What is not UTF-8 is read as Windows-1252, which has Latin-1 in it."""
    encoding = next((encoding for mark, encoding in _ENCODINGS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding).encode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace").encode()


def load_damaged(raw: bytes) -> Any:
    """Return the value of JSON in UTF-8 with damaged characters, each replaced by U+FFFD. None: it is not JSON."""
    try:
        value = _load(raw.decode())
        return _load(value) if isinstance(value, str) else value  # a record that was encoded twice
    except (ValueError, RecursionError):
        return None


def _load(text: str) -> Any:
    return _whole(json.loads(text, strict=False, parse_int=_read_int))


def _read_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _whole(value: Any) -> Any:
    """Return a value without halves of pairs of surrogates, at every depth."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return value
