"""The value of a field, found by the rules of a mapping in one record.

In: rules and a record. Out: the first value that a rule gives, or None, and whether something was there that could not be
read. Values keep their type: the contract reads numbers, lists and words in many spellings (docs/reading-rules.md).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from nameparser import HumanName

from schemas.tolerant_parsing import is_blank
from schemas.value_spellings import read_time
from workers.identity.addresses import BadAddressError, normalise, normalise_domain
from workers.identity.placeholders import is_placeholder
from workers.sources.json_paths import compile_path
from workers.sources.mapping_model import Reading, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST_NAME_CHARS: Final = 200
_MOST_URL_CHARS: Final = 16_384
_MOST_WORD_CHARS: Final = 200
_MOST_ADDRESS_CHARS: Final = 500
_AT_SIGNS: Final = ("@", "\uff20", "%40", "&#64;")
_NOTHING: Final = (None, "")
_CONSTANTS: Final = {"true": True, "false": False}


class Found(NamedTuple):
    """A value, and whether a candidate was there that could not be read."""

    value: Any
    is_unread: bool = False
    """Only if no rule gave a value."""


def find_value(rules: tuple[Rule, ...], record: Any) -> Found:
    """Return the first value that the rules give."""
    is_unread = False
    for rule in rules:
        if rule.is_ is not None:
            return Found(_CONSTANTS.get(rule.is_, rule.is_))
        for path in rule.from_:
            raw = compile_path(path)(record)
            if raw is None or is_blank(raw):
                continue
            value = _apply(rule, raw)
            if value is not None and not is_blank(value):
                return Found(value)
            is_unread = is_unread or not _may_have_none(rule)
    return Found(None, is_unread)


def find_time(rules: tuple[Rule, ...], record: Any) -> Found:
    """Return the first value that is a time. It is in RFC 3339."""
    is_unread = False
    for rule in rules:
        for path in rule.from_:
            raw = compile_path(path)(record)
            if raw is None or is_blank(raw) or raw in (0, "0"):
                continue
            text = read_time(raw, dates_event=rule.read is not Reading.UTC_TIME)
            if text is not None:
                return Found(text)
            is_unread = True
    return Found(None, is_unread)


def find_person(rules: tuple[Rule, ...], record: Any) -> str | None:
    """Return the first candidate that is an e-mail address; else the first that should be one, as it was written."""
    written: str | None = None
    for rule in rules:
        found = find_value((rule,), record).value
        while isinstance(found, list) and len(found) == 1:
            found = found[0]
        if not isinstance(found, str) or is_placeholder(found):
            continue
        if is_address(found):
            return found
        written = written or found
    return written


def is_address(text: str) -> bool:
    """Whether a text holds one e-mail address that can be read."""
    return address_of(text) is not None


def address_of(text: Any) -> str | None:
    """Return the normalised e-mail address of a text. None: it has none."""
    if not isinstance(text, str) or len(text) > _MOST_ADDRESS_CHARS:
        return None
    if not any(sign in text for sign in _AT_SIGNS):  # usual for an id: no need to parse it
        return None
    try:
        return normalise(text).email
    except BadAddressError:
        return None


def _may_have_none(rule: Rule) -> bool:
    """Whether a missing result is usual: a web address without the parameter, an id instead of an address."""
    return (
        rule.query is not None
        or rule.unlisted == "ignore"
        or rule.read in (Reading.ADDRESS, Reading.ID, Reading.LAST_NAME)
    )


def _apply(rule: Rule, raw: Any) -> Any:
    value = raw
    if rule.query is not None:
        value = _parameter(value, rule.query)
    if rule.read is not None and value is not None:
        value = _read(value, rule.read)
    if rule.words is not None and value is not None:
        value = _word(value, rule)
    if rule.prefix and value not in _NOTHING:
        value = f"{rule.prefix}{value}" if isinstance(value, str | int) else None
    return value


def _parameter(value: Any, name: str) -> str | None:
    """Return a parameter of a web address. Its query may also be given alone."""
    if not isinstance(value, str) or len(value) > _MOST_URL_CHARS:
        return None
    try:
        query = urlsplit(value).query or (value if "=" in value and "://" not in value else "")
        pairs = parse_qsl(query.lstrip("?"), max_num_fields=1_000)
    except ValueError:
        return None
    return next(
        (text.strip() for key, text in pairs if key.casefold() == name.casefold() and text.strip()), None
    )


def _read(value: Any, reading: Reading) -> str | None:
    if reading is Reading.UTC_TIME:
        return read_time(value, dates_event=False)
    if reading is Reading.ID and isinstance(value, int):
        return str(value)
    return _READERS[reading](value) if isinstance(value, str) else None


def _domain_of(text: str) -> str | None:
    address = address_of(text)
    return address.rsplit("@", 1)[1] if address else normalise_domain(text)


def _first_name(text: str) -> str | None:
    return _name_parts(" ".join(text.split())[:_MOST_NAME_CHARS])[0]


def _last_name(text: str) -> str | None:
    return _name_parts(" ".join(text.split())[:_MOST_NAME_CHARS])[1]


@lru_cache(maxsize=10_000)
def _name_parts(text: str) -> tuple[str | None, str | None]:
    """Return first and last name. A name of one word is a first name."""
    if not text or is_placeholder(text) or "@" in text:
        return None, None
    name = HumanName(text)
    if not name.first and " " not in text:
        return text, None
    return name.first or None, name.last or None


def _word(value: Any, rule: Rule) -> Any:
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(value, str | int) or len(str(value)) > _MOST_WORD_CHARS:
        return None
    word = _folded_words(rule).get(fold_word(str(value)))
    if word is None:
        return value if rule.unlisted == "keep" else None
    return _CONSTANTS.get(word, word)


def _folded_words(rule: Rule) -> Mapping[str, str]:
    return _fold_table(tuple((rule.words or {}).items()))


@lru_cache(maxsize=1_000)
def _fold_table(words: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {fold_word(word): meaning for word, meaning in words}


def fold_word(text: str) -> str:
    """Return a word in lower case, with underscores for blanks and hyphens."""
    return re.sub(r"[\s_-]+", "_", text.strip().casefold())


_READERS: Final[Mapping[Reading, Callable[[str], str | None]]] = {
    Reading.FIRST_NAME: _first_name,
    Reading.LAST_NAME: _last_name,
    Reading.DOMAIN: _domain_of,
    Reading.ADDRESS: lambda text: text if is_address(text) else None,
    Reading.ID: lambda text: None if is_address(text) else text,
}
