"""Load mappings: text to document, document to typed models. A mapping with a problem is not loaded.

An error names the file, the line, the key, what was found and what was expected, as for a policy.
"""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel, ValidationError

from workers.policy.document import Document, read
from workers.policy.problem import PolicyError as FileError
from workers.policy.problem import Problem
from workers.sources.mapping_model import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from workers.policy.document import KeyPath

_SUFFIXES: Final = (".yaml", ".yml")


class MappingError(FileError):
    """A mapping is not valid and was not loaded. ``problems`` are sorted by their place in the file."""


def ready_made_folder() -> Path:
    """Return the folder of the mappings that come with the router."""
    return Path(str(files("workers"))).parent / "sources"


def ready_made() -> dict[str, Path]:
    """Return the mappings that come with the router, by the name of their file."""
    return {path.stem: path for path in sorted(ready_made_folder().glob("*.yaml"))}


def load_mapping(text: str, file: str = "mapping") -> Mapping:
    """Parse and validate a mapping. ``file`` is the name in the errors. Raises :class:`MappingError`."""
    try:
        document = read(text, file, "a mapping of a source")
    except FileError as error:
        raise MappingError(error.problems) from None
    try:
        return Mapping.model_validate(document.tree)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        causes = [one for one in details if not _is_consequence(one, details)]
        raise MappingError([_problem_of(one, document) for one in causes]) from None


def load_mapping_file(path: Path) -> Mapping:
    """Load a mapping from a file. Raises :class:`MappingError`, also if the file cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else "text that is not UTF-8"
        expected = "a mapping of a source that can be read, in UTF-8"
        raise MappingError([Problem(str(path), 1, 1, "", found, expected)]) from None
    return load_mapping(text, str(path))


def load_folder(folder: Path) -> tuple[Mapping, ...]:
    """Load all mappings of a folder for workers, ordered by file name.

    Raises:
        MappingError: the folder has none, one has a problem, or two have the same source or topic.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix in _SUFFIXES)
    if not paths:
        found = "no mapping" if folder.is_dir() else "no folder"
        raise MappingError([Problem(str(folder), 1, 1, "", found, "a folder with mappings, as segment.yaml")])
    mappings: list[Mapping] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], Path] = {}
    for path in paths:
        try:
            mapping = load_mapping_file(path)
        except MappingError as error:
            problems += error.problems
            continue
        mappings.append(mapping)
        if mapping.format == "csv" and not mapping.columns:
            expected = "the names of the columns, because a record in Kafka has no first line"
            problems.append(Problem(str(path), 1, 1, "columns", "no such key", expected))
        for key in ("source", "topic"):
            value = getattr(mapping, key)
            first = seen.setdefault((key, value), path)
            if first is not path:
                found = f'"{value}", which {first.name} has too'
                problems.append(Problem(str(path), 1, 1, key, found, f"a {key} of its own in each mapping"))
    if problems:
        raise MappingError(problems)
    return tuple(mappings)


def _is_consequence(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether a list counts as too short only because its entries are refused."""
    loc = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in details
    )


def _problem_of(detail: ErrorDetails, document: Document) -> Problem:
    path = _path_in_file(detail["loc"], document)
    context = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        known = _keys_at(detail["loc"][:-1])
        near = difflib.get_close_matches(str(path[-1]), known, 1)
        expected = f"the key {near[0]}" if near else f"one of the keys {', '.join(known)}"
        return document.make_problem(path, f"the unknown key {path[-1]}", expected, at_key=True)
    if detail["type"] == "missing":
        return document.make_problem(path, "no such key", f"the key {path[-1]}, which is required")
    if context.get("at"):
        path = (*path, context["at"])
    found = context.get("found") or document.describe_value_at(path)
    return document.make_problem(path, found, _expected(detail))


def _expected(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "policy":
            return str(context["expected"])
        case "enum" | "literal_error":
            return f"one of {context['expected']}"
        case "too_short":
            return "at least one entry"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "keys and values"
        case "tuple_type":
            return "a list"
        case _:
            return detail["msg"][:1].lower() + detail["msg"][1:]


def _path_in_file(loc: tuple[int | str, ...], document: Document) -> KeyPath:
    """Return the path in the file. A single value in place of a list has no index."""
    path: list[int | str] = []
    value: Any = document.tree
    for part in loc:
        if isinstance(part, int):
            if not isinstance(value, list):
                continue
        elif not isinstance(value, dict):
            break
        path.append(part)
        value = document.value_at(tuple(path))
    return tuple(path)


def _keys_at(loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that a mapping can have at a place."""
    kind: Any = Mapping
    for part in loc:
        models = list(_models_in(kind))
        field = next((model.model_fields[part] for model in models if part in model.model_fields), None)
        if field is not None:
            kind = field.annotation
    return [info.alias or name for model in _models_in(kind) for name, info in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models_in(one)
