"""An example of each field for the reference, from the records in schemas/examples.

In: a model and a field. Out: the value of the field in the first record that has one.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel

from schemas.engine_controls import HEADER, EngineControl
from schemas.topics import TOPICS

FOLDER: Final = Path(__file__).parent / "examples"
MOST_CHARS: Final = 60
"""The most characters of an example. A longer one is cut."""


class ExampleFinder:
    """The examples of all fields, collected once."""

    def __init__(self) -> None:
        self._found: dict[tuple[type[BaseModel], str], Any] = {}
        for topic in TOPICS.values():
            for line in (FOLDER / f"{topic.name}.jsonl").read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                headers = record.get("headers", {})
                if HEADER in headers:
                    self._collect(EngineControl, record["value"])
                elif not headers:
                    self._collect(topic.model, record["value"])

    def of(self, model: type[BaseModel], name: str) -> Any:
        """Return an example of a field. None for an object, whose own fields have examples, and if there is none."""
        annotation = model.model_fields[name].annotation
        if _models_of(annotation):
            return None
        if bool in (annotation, *get_args(annotation)):
            return True
        return self._found.get((model, name), self._found.get((_owner_of(model, name), name)))

    def _collect(self, annotation: Any, value: Any) -> None:
        """Keep the first value of each field, for every model that ``value`` holds."""
        if isinstance(value, list):
            for one in value:
                self._collect(annotation, one)
        if not isinstance(value, dict):
            return
        for model in _models_of(annotation):
            tag = model.model_fields.get("type")
            if tag is not None and isinstance(tag.default, str) and value.get("type") != tag.default:
                continue
            for name, field in model.model_fields.items():
                if value.get(name) not in (None, [], {}):
                    self._found.setdefault((model, name), value[name])
                    self._found.setdefault((_owner_of(model, name), name), value[name])
                    self._collect(field.annotation, value[name])


def shorten(value: Any) -> str:
    """Return a value as JSON on one line, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 1]}…"


def _models_of(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inside in get_args(annotation) for model in _models_of(inside)]


def _owner_of(model: type[BaseModel], name: str) -> type:
    """Return the class that defines a field: classes that inherit it share its example."""
    return next(base for base in reversed(model.__mro__) if name in inspect.get_annotations(base))
