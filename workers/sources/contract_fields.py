"""The fields of the contract's models that a mapping may fill."""

from __future__ import annotations

from typing import Any, Final, get_args

from pydantic import BaseModel

OWN: Final = frozenset({"event_id", "occurred_at", "producer"})
"""Fields that `id` and `time` of a mapping decide."""


def find_unknown_field(model: type[BaseModel], name: str) -> list[str] | None:
    """Return the names that were possible where a dotted name leaves the contract. None: the contract has the field."""
    owner: type[BaseModel] | None = model
    parts = name.split(".")
    for number, part in enumerate(parts):
        if owner is None:
            return []
        known = sorted(set(owner.model_fields) - OWN)
        if part not in known:
            return [".".join((*parts[:number], one)) for one in known]
        annotation = owner.model_fields[part].annotation
        if _is_free_object(annotation):
            return None
        owner = _model_in(annotation)
    return None


def _is_free_object(annotation: Any) -> bool:
    """Whether a field is an object whose keys the contract does not name."""
    origin = getattr(annotation, "__origin__", None)
    return origin is dict or any(map(_is_free_object, get_args(annotation)))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a field that is one object. A list of objects has none: its value is one path."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if getattr(annotation, "__origin__", None) is list:
        return None
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
