"""Reads a record of another system although some of its optional fields cannot be read.

A record that fits the contract is parsed once, as ``parse_json`` does. Damaged characters are replaced
(``damaged_json``). Any other record is repaired field by field:

- A blank (null, an empty or white text, an empty list or object) carries no information. The field is left out.
- A number where a text is expected is read as text. One value where a list is expected is read as a list of one,
  and a list of one as its item.
- "yes" and "0" are read as an answer, "6" as a number, and times as other systems write them (``value_spellings``).
- A word of a closed list is read in any case, with spaces or hyphens for underscores, and as other systems call it
  (``word_spellings``).
- A list or an object with free keys that is too long keeps its first items. An item that cannot be read is left out, the
  other items stay. An answer of yes or no in an object with free keys is read as a text.
- Any other optional field that cannot be read is left out and named. An unknown word of a closed list is named too.

Required fields are the identity and the time of a record: one that cannot be read still refuses it. A model may name
stand-ins for required fields that are neither (``STAND_INS``). Names of fields come from the models, never from the record.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from pydantic import AwareDatetime, ValidationError
from pydantic_core import from_json, to_json

from schemas.base import UnreadField
from schemas.damaged_json import load_damaged, repair_encoding
from schemas.parsing import check_size, refusal_of
from schemas.record_steps import Step, holds_value, steps_to
from schemas.value_spellings import read_answer, read_number, read_refusal, read_time
from schemas.word_spellings import word_meant_by

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from schemas.topics import Topic

_MOST_ROUNDS: Final = 8
"""Most times that a record is repaired and validated again. Each round repairs all fields that it finds."""
_SHOWN_WORD: Final = re.compile(r"[a-z][a-z_]{0,39}")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MOST_WORD_CHARS: Final = 200
_GONE: Final = object()
_SEPARATORS: Final = re.compile(r"[\s,;|]+")
_DATE: Final = "occurred_at"
"""The field that dates an event. A guess may not."""
_SINGLE_TYPES: Final = frozenset(("string_type", "enum", "bool_type", "int_type", "float_type"))
_NUMBER_TYPES: Final = frozenset(("int_type", "int_from_float", "float_type"))


class Reading(NamedTuple):
    """A record as the topic's model, and its fields that could not be read."""

    body: Any
    unread: tuple[UnreadField, ...] = ()
    """Each field once, sorted by name."""


class _Several(list[str]):
    """The items that one text of a list holds. They take its place in the list."""


def read_record(topic: Topic, value: bytes | None) -> Reading:
    """Return a record of another system, without its optional fields that cannot be read.

    Raises ContractError: empty, too_large, too_deep, not_json, breaks_contract.
    """
    checked = check_size(topic, value)
    validate = topic.adapter.validator.validate_json
    try:
        return Reading(validate(checked, strict=True))
    except ValidationError as error:
        first = error
    record = _load(topic, checked)
    if record is None:
        raise refusal_of(topic, first) from None
    unread: dict[str, UnreadField] = {}
    failed = first if first.errors()[0]["loc"] else None  # without a place it is about the whole record
    for _ in range(_MOST_ROUNDS):
        if not isinstance(record, dict):
            break
        if failed is not None and not _repair(topic, record, failed, unread):
            break
        try:
            body = validate(to_json(record), strict=True)
        except ValidationError as error:
            failed = error
            continue
        _refuse_without_identity(topic, body, unread, first)
        return Reading(body, tuple(unread[name] for name in sorted(unread)))
    raise refusal_of(topic, failed or first) from None


def _load(topic: Topic, value: bytes) -> Any:
    """Return the value of JSON, although its characters may be damaged. None if it is not JSON.

    Raises ContractError: too_large, too_deep.
    """
    try:
        record = from_json(value, allow_inf_nan=True)
    except ValueError:
        return load_damaged(check_size(topic, repair_encoding(value)))
    return load_damaged(value) if isinstance(record, str) else record


def places_of(unread: tuple[UnreadField, ...]) -> tuple[tuple[str, str], ...]:
    """Return the topic and the name of each field."""
    return tuple((one.topic, one.field) for one in unread)


def _repair(topic: Topic, record: Any, failed: ValidationError, unread: dict[str, UnreadField]) -> bool:
    """Repair every field that the validation names. Return whether all of them could be repaired."""
    is_repaired = True
    changed: set[tuple[int, str | int]] = set()
    for problem in failed.errors(include_url=False):
        is_repaired = _repair_one(topic, record, problem, unread, changed) and is_repaired
    _drop_gone(record)
    return is_repaired


def _repair_one(
    topic: Topic,
    record: Any,
    problem: ErrorDetails,
    unread: dict[str, UnreadField],
    changed: set[tuple[int, str | int]],
) -> bool:
    """Repair the field of one problem. ``changed``: values that are in another type already; a union names one twice."""
    steps = list(steps_to(topic.model, record, problem["loc"]))
    if not steps or any(one.container[one.key] is _GONE for one in steps if holds_value(one)):
        return bool(steps)  # an outer field is gone already
    last = steps[-1]
    place_of_last = (id(last.container), last.key)
    if place_of_last in changed:
        return True
    found = last.container[last.key] if holds_value(last) else None
    if not is_blank(found):
        repaired = _as_expected(last, found, problem, topic.name, unread)
        if repaired is not _GONE:
            last.container[last.key] = repaired
            changed.add(place_of_last)
            return True
    place = next((one for one in reversed(steps) if one.may_go), None)
    if place is None:
        return _stand_in(topic, steps[0], found, problem, unread)
    if not is_blank(place.container[place.key]) and not _is_blank_item(place, last, found):
        _name(unread, topic.name, last.name, _word(found) if problem["type"] == "enum" else None)
    fallbacks: dict[str, str] = getattr(place.model, "UNKNOWN_WORDS", {})
    is_unknown = place is last and place.key in fallbacks and not is_blank(found)
    place.container[place.key] = fallbacks[str(place.key)] if is_unknown else _GONE
    return True


def _as_expected(
    step: Step, found: Any, problem: ErrorDetails, topic: str, unread: dict[str, UnreadField]
) -> Any:
    """Return a value in the type that the model expects, or _GONE if it can only be guessed."""
    kind = problem["type"]
    is_number = isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)
    if kind == "string_type" and is_number:
        return str(int(found)) if found == int(found) else str(found)
    for other in (_as_other_type(step, found, kind), _as_several(step, found, kind)):
        if other is not None:
            return other
    if kind == "list_type" and (is_number or isinstance(found, str | dict)):
        return [found]
    if kind == "too_long" and isinstance(found, list | dict):
        _name(unread, topic, step.name, None)
        most = problem["ctx"]["max_length"]
        return found[:most] if isinstance(found, list) else dict(islice(found.items(), most))
    folds = kind == "enum" or step.key in getattr(step.model, "FOLDED_WORDS", ())
    if folds and isinstance(found, str) and len(found) <= _MOST_WORD_CHARS:
        lists = _word_lists_in(step.annotation)
        word = _fold(found)
        word = next((meant for one in lists if (meant := word_meant_by(word, one))), word)
        known = {code.value for one in lists for code in one}
        if word != found and (word in known if known else _WORD.fullmatch(word)):
            return word
    return _GONE


def _as_several(step: Step, found: Any, kind: str) -> list[str] | None:
    """Return the items of a list that are written as one text. None if it is one item."""
    if not isinstance(found, str) or step.field not in getattr(step.owner, "SEPARATED", ()):
        return None
    parts = [part for part in _SEPARATORS.split(found) if part]
    if len(parts) == 1:
        return None
    return parts if kind == "list_type" else _Several(parts)


def _as_other_type(step: Step, found: Any, kind: str) -> Any:
    """Return an answer, a number, a time or the item of a list that was written in another way. None: it needs a guess."""
    if kind == "string_type" and isinstance(found, bool) and step.has_free_key:
        return "true" if found else "false"
    if kind in _SINGLE_TYPES and isinstance(found, list) and len(found) == 1:
        while (
            isinstance(found, list) and len(found) == 1
        ):  # at once: a level per round would exhaust the rounds
            found = found[0]
        return found
    if kind == "bool_type":
        return read_refusal(found) if step.key == "do_not_contact" else read_answer(found)
    if kind in _NUMBER_TYPES:
        return read_number(found)
    return (
        read_time(found, dates_event=step.name == _DATE)
        if kind == "value_error" and _is_time(step.annotation)
        else None
    )


def _stand_in(
    topic: Topic, top: Step, found: Any, problem: ErrorDetails, unread: dict[str, UnreadField]
) -> bool:
    """Put a stand-in in place of a required field that is neither identity nor time. Return whether there is one."""
    stand_ins: dict[str, str] = getattr(topic.model, "STAND_INS", {})
    if top.key not in stand_ins:
        return False
    _name(unread, topic.name, top.name, _word(found) if problem["type"] == "enum" else None)
    top.container[top.key] = stand_ins[str(top.key)]
    return True


def _refuse_without_identity(
    topic: Topic, body: Any, unread: dict[str, UnreadField], first: ValidationError
) -> None:
    """Raise ContractError if the fields that name the visitor were sent, but none of them can be read.

    An address that cannot be read is left to the hop, which refuses it with a reason of its own.
    """
    names: tuple[str, ...] = getattr(topic.model, "VISITOR_FIELDS", ())
    is_named = any(getattr(body, name) for name in names)
    if not is_named and any(name in unread for name in names) and "email" not in unread:
        raise refusal_of(topic, first)


def is_blank(value: Any) -> bool:
    """Whether a value of a record carries no information: null, white text, or a list or object of blanks."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(map(is_blank, value.values()))
    if isinstance(value, list):
        return all(map(is_blank, value))
    return value is None or value is _GONE


def _is_blank_item(place: Step, last: Step, found: Any) -> bool:
    """Whether the value that could not be read is a blank that the record can simply be without."""
    return place is last and is_blank(found)


def _drop_gone(value: Any) -> None:
    """Drop what was marked as gone, at every depth."""
    if isinstance(value, dict):
        for key in [key for key, one in value.items() if one is _GONE]:
            del value[key]
        for one in value.values():
            _drop_gone(one)
    elif isinstance(value, list):
        value[:] = [
            one
            for item in value
            if item is not _GONE
            for one in (item if isinstance(item, _Several) else [item])
        ]
        for one in value:
            _drop_gone(one)


def _name(unread: dict[str, UnreadField], topic: str, name: str, word: str | None) -> None:
    unread[name] = UnreadField(topic=topic, field=name, word=word)


def _word(found: Any) -> str | None:
    """Return an unknown word to show, or None if it could be anything else than a word."""
    if not isinstance(found, str) or len(found) > _MOST_WORD_CHARS:
        return None
    word = _fold(found)
    return word if _SHOWN_WORD.fullmatch(word) else None


def _fold(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", text.strip().casefold())


@lru_cache(maxsize=1_000)
def _is_time(annotation: Any) -> bool:
    """Whether a field's type is a time."""
    return annotation is AwareDatetime or any(map(_is_time, get_args(annotation)))


@lru_cache(maxsize=1_000)
def _word_lists_in(annotation: Any) -> tuple[type[Enum], ...]:
    """Return the closed lists that a field's type holds."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return (annotation,)
    return tuple(one for part in get_args(annotation) for one in _word_lists_in(part))
