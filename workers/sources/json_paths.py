"""JMESPath expressions of a mapping: compiled once, evaluated against each record.

A path of plain names, by far the most frequent kind, is read without the interpreter of the library.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)
_MOST_PATHS: Final = 10_000
_INTERPRETER: Final = TreeInterpreter()
"""One for all expressions: it caches its methods, which the library's own `search` finds again for every record."""


class PathSyntaxError(ValueError):
    """A text is not a JMESPath expression. The error text names the position of the first problem."""


@lru_cache(maxsize=_MOST_PATHS)
def compile_path(text: str) -> Callable[[Any], Any]:
    """Return a function that finds the value of a JMESPath expression in a record. None: the record has no such value.

    Raises:
        PathSyntaxError: the text is not a JMESPath expression.
    """
    if _PLAIN.fullmatch(text):
        return _plain_path(tuple(text.split(".")))
    try:
        compiled = jmespath.compile(text)
    except JMESPathError as error:
        place = getattr(error, "lex_position", None)
        where = f" up to character {place + 1}" if isinstance(place, int) and place >= 0 else ""
        raise PathSyntaxError(f"not a JMESPath expression{where}") from None

    def find(record: Any) -> Any:
        try:
            return _INTERPRETER.visit(compiled.parsed, record)
        except (JMESPathError, TypeError, ValueError):  # a function that got a value of another type
            return None

    return find


def _plain_path(names: tuple[str, ...]) -> Callable[[Any], Any]:
    def find(record: Any) -> Any:
        for name in names:
            if not isinstance(record, dict):
                return None
            record = record.get(name)
        return record

    return find


def holds(value: Any) -> bool:
    """Whether a result counts as true: everything except false, null, an empty text, list or object."""
    return bool(value) or (value == 0 and not isinstance(value, bool) and value is not None)
