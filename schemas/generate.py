"""JSON Schema of every topic, for whoever writes to us or reads from us without Python.

In: schemas/topics.py and the models. Out: one schema document per topic, draft 2020-12. What others write is
described as it is validated; what we write, as it is serialised: a field that has no value is left out, never null,
and every other field is there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from schemas.engine_controls import ENGINE_CONTROL
from schemas.topics import TOPICS, Direction
from schemas.vocabulary import MAY_GROW

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from schemas.topics import Topic

JSON_FOLDER = Path(__file__).parent / "json"
RELEASED_FOLDER = Path(__file__).parent / "released"
CONTROLS = "engine.controls"
"""The engine's own records, which stand in the internal logs beside the topic's own values."""

Document = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """As pydantic generates, but for what ``exclude_none`` changes and the vocabularies that may grow."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """What has no value is left out, so null is nothing a subscriber meets."""
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default is the writer's business."""
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001 - the library's signature
    ) -> bool:
        """Written is every field that cannot be None."""
        if self.mode == "serialization":
            inner: Any = field["schema"]
            while inner["type"] == "default":
                inner = inner["schema"]
            return bool(inner["type"] != "nullable")
        return super().field_is_required(field, total)

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """Say of a vocabulary that it may grow."""
        generated = super().enum_schema(schema)
        if schema["cls"] in MAY_GROW:
            generated["x-may-grow"] = True
        return generated


def documents() -> dict[str, Document]:
    """Return the schema document of every topic, and of the engine's own records, by name."""
    made = {topic.name: _document(topic) for topic in TOPICS.values() if topic.model is not None}
    made[CONTROLS] = _schema(ENGINE_CONTROL, "validation") | {
        "$id": f"{CONTROLS}.json",
        "title": CONTROLS,
        "x-direction": Direction.INTERNAL.value,
        "x-key": "none: written to a partition",
    }
    return made


def as_text(document: Document) -> str:
    """Return the document as it stands in its file."""
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _document(topic: Topic) -> Document:
    mode: JsonSchemaMode = "serialization" if topic.direction is Direction.OUT else "validation"
    event_type = {"x-event-type": topic.model.type_name} if topic.direction is Direction.OUT else {}
    return (
        _schema(topic.adapter, mode)
        | event_type
        | {
            "$id": f"{topic.name}.json",
            "title": topic.name,
            "x-direction": topic.direction.value,
            "x-key": topic.key_says,
        }
    )


def _schema(adapter: TypeAdapter[Any], mode: JsonSchemaMode) -> Document:
    made = adapter.json_schema(mode=mode, schema_generator=_Generator)
    return {"$schema": _Generator.schema_dialect} | made
