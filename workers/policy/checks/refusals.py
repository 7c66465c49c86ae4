"""Translation of pydantic validation errors into problems: line, key, found, expected, and the key that was meant."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from workers.policy.model import Policy
from workers.policy.part import Part
from workers.policy.routes import TERRITORY, WORD

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

_NOT_YET = frozenset(
    {
        "buyers.match",
        "desks.*.answer_within.partner",
    }
)
"""Keys of planned rules that do not exist yet. They are refused, not ignored."""
_TAGS = (TERRITORY, WORD)
"""Tags of pydantic for the form of a value. They are not part of the file, so paths leave them out."""
NOT_YET = "no such key: its rule is planned, but not part of this version"


def translate_errors(error: ValidationError, document: Document) -> list[Problem]:
    """Return each error of pydantic as a problem of the file."""
    return [_translate(detail, document) for detail in error.errors(include_url=False, include_input=False)]


def _translate(detail: ErrorDetails, document: Document) -> Problem:
    path = document.without_index(tuple(part for part in detail["loc"] if part not in _TAGS))
    if path and path[-1] == "[key]":
        return document.make_problem(
            path[:-1], f"the key {path[-2]}", _describe_expected(detail), at_key=True
        )
    if detail["type"] == "extra_forbidden":
        return _report_unknown_key(path, document)
    if detail["type"] == "missing":
        return document.make_problem(path, "no such key", f"the key {path[-1]}, which is required")
    found = detail.get("ctx", {}).get("found") or document.describe_value_at(path)
    return document.make_problem(path, found, _describe_expected(detail))


def _report_unknown_key(path: KeyPath, document: Document) -> Problem:
    key = str(path[-1])
    if any(_matches(path, place) for place in _NOT_YET):
        return document.make_problem(path, f"the key {key}", NOT_YET, at_key=True)
    known = _list_keys(path[:-1])
    near = get_close_matches(key, known, n=1)
    expected = f"one of {', '.join(known)}" + (f" (did you mean {near[0]}?)" if near else "")
    return document.make_problem(path, f"the unknown key {key}", expected, at_key=True)


def _describe_expected(detail: ErrorDetails) -> str:
    plain = {
        "tuple_type": "a list, as [a, b]",
        "list_type": "a list, as [a, b]",
        "dict_type": "keys and values",
        "model_type": "keys and values",
        "model_attributes_type": "keys and values",
        "string_type": "a text",
        "string_too_short": "a text that is not empty",
    }.get(detail["type"])
    return plain or detail["msg"].removeprefix("Input should be ").removeprefix("Value should be ")


def _matches(path: KeyPath, place: str) -> bool:
    parts = place.split(".")
    return len(parts) == len(path) and all(
        want in {"*", str(part)} for want, part in zip(parts, path, strict=True)
    )


def _list_keys(path: KeyPath) -> list[str]:
    """Return the keys that the models define at ``path``, by walking their types."""
    kind: Any = Policy
    for part in path:
        kind = _unwrap(kind)
        if isinstance(kind, type) and issubclass(kind, Part):
            hints = get_type_hints(kind, include_extras=False)
            kind = next(
                (hints[name] for name, info in kind.model_fields.items() if (info.alias or name) == part),
                None,
            )
        elif get_origin(kind) in {dict, Mapping}:
            kind = get_args(kind)[1]
        elif get_origin(kind) in {tuple, list}:
            kind = get_args(kind)[0]
    kind = _unwrap(kind)
    if not (isinstance(kind, type) and issubclass(kind, Part)):
        return []
    return [info.alias or name for name, info in kind.model_fields.items()]


def _unwrap(kind: Any) -> Any:
    if get_origin(kind) is Annotated:
        return _unwrap(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return _unwrap(next(one for one in get_args(kind) if one is not type(None)))
    return kind
