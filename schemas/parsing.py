"""Parses the bytes of a record into its topic's model, or reports why it breaks the contract.

Records of other systems are read by ``tolerant_parsing``, which keeps a record whose optional fields cannot be read.

Size and nesting are checked before parsing, because a hostile record is aimed at the parser. The detail of an error names
the broken field and the expectation. It never repeats the value, which may be a person's address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemas.vocabulary import DeadLetterReason

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from schemas.topics import Topic

MAX_DEPTH = 50
"""The most objects and lists inside each other, the outermost counted."""
MAX_DETAIL_CHARS = 1000
MAX_ERRORS = 5
"""The most broken fields that a detail names. Further ones are counted."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class ContractError(Exception):
    """A value that breaks the contract. ``detail`` names fields and expectations, never the value."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        """``reason`` is for machines, ``detail`` for people."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def parse_json(topic: Topic, value: bytes | None) -> Any:
    """Return ``value`` as the topic's model.

    Types are strict (the text "12" is not a number, a number is not a time), so exactly the values that the JSON Schema
    in schemas/json allows are accepted. Raises ContractError: empty, too_large, too_deep, not_json, breaks_contract.
    """
    checked = check_size(topic, value)
    try:
        return topic.adapter.validator.validate_json(checked, strict=True)
    except ValidationError as error:
        raise refusal_of(topic, error) from None


def check_size(topic: Topic, value: bytes | None) -> bytes:
    """Return the value if it may be parsed. Raises ContractError: empty, too_large, too_deep."""
    if not value:
        raise ContractError(DeadLetterReason.EMPTY, f"{topic.name}: expected a JSON object, found no value")
    if len(value) > topic.max_bytes:
        detail = f"{topic.name}: {len(value)} bytes, allowed are {topic.max_bytes}"
        raise ContractError(DeadLetterReason.TOO_LARGE, detail)
    if value.count(b"{") + value.count(b"[") > MAX_DEPTH and is_deeper_than(value, MAX_DEPTH):
        raise ContractError(DeadLetterReason.TOO_DEEP, f"{topic.name}: nested deeper than {MAX_DEPTH} levels")
    return value


def is_deeper_than(value: bytes, depth: int) -> bool:
    """Whether brackets outside of strings are nested more than ``depth`` times. Linear in bytes."""
    level = 0
    for bracket in _STRING.sub(b"", value).translate(None, _NO_BRACKETS):
        if bracket in b"[{":
            level += 1
            if level > depth:
                return True
        else:
            level -= 1
    return False


def redact_addresses(text: str) -> str:
    """Replace everything that looks like an e-mail address."""
    return _ADDRESS.sub("<address>", text)


def refusal_of(topic: Topic, error: ValidationError) -> ContractError:
    """Return the refusal of a record that the topic's model does not allow. It names fields, never their content."""
    problems = error.errors(include_url=False, include_input=False)
    reason = DeadLetterReason.BREAKS_CONTRACT
    if problems[0]["type"] == "json_invalid":
        reason = DeadLetterReason.NOT_JSON
    sentences = [_sentence(problem) for problem in problems[:MAX_ERRORS]]
    if len(problems) > MAX_ERRORS:
        sentences.append(f"and {len(problems) - MAX_ERRORS} more")
    return ContractError(reason, redact_addresses(f"{topic.name}: {'; '.join(sentences)}")[:MAX_DETAIL_CHARS])


def _sentence(problem: ErrorDetails) -> str:
    place = ".".join(_place(part) for part in problem["loc"])
    expected = problem["msg"]
    if problem["type"] == "union_tag_invalid":  # the one message that repeats the value
        expected = f"Input tag is none of {problem['ctx']['expected_tags']}"
    return f"{place}: {expected}" if place else expected


def _place(part: int | str) -> str:
    """Return a part of a field's path. A key of the record is repeated only if it is a plain word."""
    return (
        part
        if isinstance(part, str) and _NAME.fullmatch(part)
        else f"{part}"
        if isinstance(part, int)
        else "<key>"
    )
