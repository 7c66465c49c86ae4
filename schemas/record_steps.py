"""The path from a record to a value that its model does not allow, step by step.

In: a record, its model, and the place that a validation names. Out: what holds the value at each step, and what the model
defines for it. Names of fields come from the models, never from the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the record to a value: where it is in the record, and what the model defines for it."""

    container: Any
    """The object or list that holds the value."""
    key: str | int
    name: str
    """The field's name from the record's top, as the models have it."""
    annotation: Any
    """The field's type. None for an item."""
    model: type[BaseModel] | None
    """The model that has the field. None for an item of a list or of an object with free keys."""
    may_go: bool
    """Whether the record can be without it."""
    owner: type[BaseModel] | None
    """The model that has the field, or the list of which this is an item."""
    field: str
    """The name of that field within its model."""

    @property
    def has_free_key(self) -> bool:
        """Whether this is an item of an object whose keys the contract does not name."""
        return self.model is None and isinstance(self.key, str)


def steps_to(model: Any, record: Any, loc: tuple[int | str, ...]) -> Iterator[Step]:
    """Follow the path of a problem through the record and the models."""
    container, annotation, name = record, model, ""
    owner, own_field = None, ""
    for part in loc:
        inner = _model_in(annotation)
        if isinstance(container, dict) and isinstance(part, str):
            field = None if inner is None else inner.model_fields.get(part)
            if field is not None:
                name = f"{name}.{part}" if name else part
                owner, own_field = inner, part
                yield Step(
                    container, part, name, field.annotation, inner, not field.is_required(), owner, own_field
                )
                annotation = field.annotation
            elif inner is None and part in container:
                yield Step(container, part, name, None, None, may_go=True, owner=None, field="")
                annotation = None
            else:  # a tag of the validator, not a field
                continue
            if part not in container:
                return
            container = container[part]
        elif isinstance(container, list) and isinstance(part, int) and part < len(container):
            yield Step(container, part, name, annotation, None, may_go=True, owner=owner, field=own_field)
            container = container[part]


def holds_value(step: Step) -> bool:
    """Whether the record has a value at a step. A required field that is missing has none."""
    return not isinstance(step.container, dict) or step.key in step.container


@lru_cache(maxsize=1_000)
def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a field's type holds, alone or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
