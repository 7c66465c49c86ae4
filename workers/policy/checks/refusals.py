"""Translation of pydantic validation errors into problems: line, key, found, expected, and the key that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.desk_inheritance import LIKE
from workers.policy.checks.expectations import describe_expected, type_at
from workers.policy.checks.familiar_forms import find_familiar_place, name_of
from workers.policy.checks.misplaced_keys import find_key_of_value, find_places
from workers.policy.checks.misspelt_keys import describe_keys
from workers.policy.checks.route_targets import report_route_condition, report_route_target
from workers.policy.part import Part
from workers.policy.partners import ONE_TIME, TIMES_BY_KIND
from workers.policy.routes import TERRITORY, WORD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

_NOT_YET = frozenset(
    {
        "buyers.match",
        "behaviour.rules.*.fade",
        "desks.*.answer_within.partner",
    }
)
"""Keys of planned rules that do not exist yet. They are refused, not ignored."""
_TAGS = (TERRITORY, WORD, TIMES_BY_KIND, ONE_TIME)
"""Tags of pydantic for the form of a value. They are not part of the file, so paths leave them out."""
NOT_YET = "no such key: its rule is planned, but not part of this version"


def translate_errors(error: ValidationError, document: Document) -> list[Problem]:
    """Return each error of pydantic as a problem of the file. An error that only follows from another is left out."""
    details = error.errors(include_url=False, include_input=False)
    paths = [path_of(detail) for detail in details]
    return [
        _translate(detail, path, document)
        for detail, path in zip(details, paths, strict=True)
        if not _is_consequence(detail, path, paths) and not _is_inherited(detail, path, document)
    ]


def path_of(detail: ErrorDetails) -> KeyPath:
    """Return the path of the file at which pydantic refuses a value."""
    return tuple(part for part in detail["loc"] if part not in _TAGS)


def _is_consequence(detail: ErrorDetails, path: KeyPath, paths: Iterable[KeyPath]) -> bool:
    """Whether a list counts as too short only because its entries are refused."""
    return detail["type"] == "too_short" and any(
        len(other) > len(path) and other[: len(path)] == path for other in paths
    )


def _is_inherited(detail: ErrorDetails, path: KeyPath, document: Document) -> bool:
    """Whether an error is reported elsewhere: at the desk to which ``like`` leads, or at ``like`` itself."""
    if len(path) < 3 or path[0] != "desks":  # noqa: PLR2004 - desks, name, key
        return False
    other = document.value_at((*path[:2], LIKE))
    if path[2:] == (LIKE,):
        return isinstance(other, str)
    if detail["type"] != "missing":
        return False
    return document.origin_of(path)[1:2] != path[1:2] or (len(path) == 3 and other is not None)  # noqa: PLR2004


def _translate(detail: ErrorDetails, path: KeyPath, document: Document) -> Problem:
    path = document.without_index(path)
    value = document.value_at(path)
    if path and path[-1] == "[key]":
        expected = describe_expected(detail, path[:-1], path[-2])
        name = name_of(str(path[-2])) if expected.startswith("a name of lower-case letters") else ""
        expected += f" (did you mean {name}?)" if name else ""
        return document.make_problem(path[:-1], f"the key {path[-2]}", expected, at_key=True)
    if detail["type"] == "extra_forbidden":
        return _report_unknown_key(path, document)
    if detail["type"] == "missing":
        return document.make_problem(path, "no such key", _expect_missing(path, document))
    line = report_route_target(path, document) or report_route_condition(path, document)
    if line is not None:
        return line
    context = detail.get("ctx", {})
    path = (*path, context["at"]) if context.get("at") else path
    found = context.get("found") or document.describe_value_at(path)
    expected = describe_expected(detail, path, value)
    meant = find_key_of_value(path, value) if detail["type"].startswith("model_") else None
    return document.make_problem(path, found, expected + (f" (did you mean {meant}?)" if meant else ""))


def _expect_missing(path: KeyPath, document: Document) -> str:
    desks = document.value_at(("desks",))
    if path == ("routes",) and isinstance(desks, dict) and desks:
        return f"the key routes, as routes: [{{otherwise: desk {next(iter(desks))}}}], because there are several desks"
    if len(path) == 3 and path[0] == "desks" and path[2] == "calendar":  # noqa: PLR2004 - desks, name, key
        return "the key calendar, because there is not exactly one calendar"
    like = document.value_at((*path[:2], LIKE)) if path[0] == "desks" and len(path) > 3 else None  # noqa: PLR2004
    reason = f": {path[2]} is given here, so no key of it is inherited from {like}" if like else ""
    return f"the key {path[-1]}, which is required{reason}"


def _report_unknown_key(path: KeyPath, document: Document) -> Problem:
    key = str(path[-1])
    if any(_matches(path, place) for place in _NOT_YET):
        return document.make_problem(path, f"the key {key}", NOT_YET, at_key=True)
    elsewhere = find_places(document.origin_of(path)) or find_familiar_place(path)
    expected = describe_keys(key, _list_keys(path[:-1]), elsewhere)
    return document.make_problem(path, f"the unknown key {key}", expected, at_key=True)


def _matches(path: KeyPath, place: str) -> bool:
    parts = place.split(".")
    return len(parts) == len(path) and all(
        want in {"*", str(part)} for want, part in zip(parts, path, strict=True)
    )


def _list_keys(path: KeyPath) -> list[str]:
    """Return the keys that the models define at ``path``."""
    kind, _ = type_at(path)
    if not (isinstance(kind, type) and issubclass(kind, Part)):
        return []
    return [info.alias or name for name, info in kind.model_fields.items()]
