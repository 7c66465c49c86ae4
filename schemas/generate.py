"""JSON Schema of every topic, for producers and subscribers in any language.

In: schemas/topics.py and the models. Out: one schema document for each topic, draft 2020-12. Inputs and internal records
are described as they are validated, results as they are serialised: a field without a value is left out, never null, and
every other field is present.
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
"""The name of the document for the engine's own records, which the internal logs hold beside the topic's values."""

Document = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, adapted to ``exclude_none`` and to the vocabularies that may grow."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Drop null in results: a field without a value is left out."""
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Drop defaults in results: only the writer needs them."""
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001 - the library's signature
    ) -> bool:
        """Require each field of a result that cannot be None: it is always written."""
        if self.mode == "serialization":
            inner: Any = field["schema"]
            while inner["type"] == "default":
                inner = inner["schema"]
            return bool(inner["type"] != "nullable")
        return super().field_is_required(field, total)

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """Mark a vocabulary that may grow."""
        generated = super().enum_schema(schema)
        if schema["cls"] in MAY_GROW:
            generated["x-may-grow"] = True
        return generated


def build_documents() -> dict[str, Document]:
    """Return the schema document of every topic, and of the engine's own records, by name."""
    made = {topic.name: _document(topic) for topic in TOPICS.values() if topic.model is not None}
    made[CONTROLS] = _schema(ENGINE_CONTROL, "validation") | {
        "$id": f"{CONTROLS}.json",
        "title": CONTROLS,
        "x-direction": Direction.INTERNAL.value,
        "x-key": "none: written to a partition",
    }
    return made


def to_text(document: Document) -> str:
    """Return the document as its file holds it."""
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
            "x-key": topic.key_description,
        }
    )


def _schema(adapter: TypeAdapter[Any], mode: JsonSchemaMode) -> Document:
    made = adapter.json_schema(mode=mode, schema_generator=_Generator)
    return {"$schema": _Generator.schema_dialect} | made
