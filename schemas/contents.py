"""The contents of the contract: every model and every vocabulary that a record may hold, and what explains them.

In: the models of the topics. Out: the models in the order in which they are reached, the vocabularies, the sentence of
each code, and the fields without a description.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from schemas.engine_controls import EngineControl
from schemas.topics import TOPICS

ROOT = Path(__file__).parent.parent


class MissingSentenceError(ValueError):
    """A code has no docstring under it. The text names the code and what to write."""


def types_in(annotation: Any) -> Iterator[type]:
    """Yield each model and vocabulary that a value of ``annotation`` may hold, outer ones first. Some come repeatedly."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | StrEnum):
        yield annotation
        if issubclass(annotation, BaseModel):
            for field in annotation.model_fields.values():
                yield from types_in(field.annotation)
    for inside in get_args(annotation):
        yield from types_in(inside)


def all_types() -> list[type]:
    """Return each model and vocabulary of the contract once, in the order of the topics."""
    roots = (*(topic.model for topic in TOPICS.values()), EngineControl)
    return list(dict.fromkeys(found for root in roots for found in types_in(root)))


def undescribed(types: Iterable[type]) -> list[str]:
    """Return one sentence for each field of the models in ``types`` that has no description."""
    return [
        f"{_place_of(found)}.{name} has no description; add Field(description=...) with what it is, its unit and bounds"
        for found in types
        if issubclass(found, BaseModel)
        for name, field in found.model_fields.items()
        if not (field.description or "").strip()
    ]


@cache
def sentences_of(vocabulary: type[StrEnum]) -> Mapping[str, str]:
    """Return each code of ``vocabulary`` with its sentence, in their order.

    The sentence is the docstring under the member. It is read from the source, because Python keeps no docstrings of
    members. Raises MissingSentenceError.
    """
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(vocabulary))).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    docs = {
        member.targets[0].id: " ".join(after.value.value.split())
        for member, after in pairwise(statements)
        if isinstance(member, ast.Assign)
        and isinstance(member.targets[0], ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }
    for name in vocabulary.__members__:
        if not docs.get(name):
            raise MissingSentenceError(
                f"{_place_of(vocabulary)}.{name} has no sentence; write a docstring under it that explains the code"
            )
    return {code.value: docs[name] for name, code in vocabulary.__members__.items()}


def _place_of(found: type) -> str:
    """Return the file and the name of a class."""
    path = Path(inspect.getfile(found))
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{shown}: {found.__name__}"
