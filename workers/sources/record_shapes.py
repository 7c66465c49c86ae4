"""The records in the value of one Kafka record: JSON, a line of TSV or CSV, and JSON within their fields.

In: bytes as the source wrote them. Out: one object for each record. A value that is not a record of the source is refused.
Size and nesting are checked before parsing.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from schemas.damaged_json import repair_encoding
from schemas.parsing import MAX_DEPTH, is_deeper_than
from schemas.vocabulary import DeadLetterReason
from workers.sources.json_paths import compile_path, holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.sources.mapping_model import Mapping

MOST_BYTES: Final = 1_000_000
"""The most bytes of a Kafka record of a source."""
MOST_RECORDS: Final = 5_000
"""The most records within one Kafka record."""
OUTER: Final = "outer"
_MOST_FIELD_CHARS: Final = 131_072


class NoRecordError(Exception):
    """A value is not a record of the source. ``detail`` names what was expected, never the value."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def records_in(mapping: Mapping, value: bytes) -> list[Any]:
    """Return the records of one Kafka record. Those that are not objects are returned as they are.

    Raises:
        NoRecordError: the value is not a record of the source.
    """
    name = mapping.source
    if len(value) > MOST_BYTES:
        raise NoRecordError(
            DeadLetterReason.TOO_LARGE, f"{name}: {len(value)} bytes, allowed are {MOST_BYTES}"
        )
    whole: Any = _json(name, value) if mapping.format == "json" else _line(mapping, value)
    if isinstance(whole, dict):
        _parse_fields(mapping, whole)
    records = [whole]
    if mapping.records is not None:
        found = compile_path(mapping.records)(whole)
        records = found if isinstance(found, list) else []
        for record in records:
            if isinstance(record, dict) and record is not whole:
                _parse_fields(mapping, record)
                record.setdefault(OUTER, whole)
    if len(records) > MOST_RECORDS:
        detail = f"{name}: {len(records)} records in one, allowed are {MOST_RECORDS}"
        raise NoRecordError(DeadLetterReason.TOO_LARGE, detail)
    if mapping.is_source is not None:
        fits = compile_path(mapping.is_source)
        if not any(holds(fits(record)) for record in records):
            detail = f"{name}: expected a record with {mapping.is_source}"
            raise NoRecordError(DeadLetterReason.BREAKS_CONTRACT, detail)
    elif not any(isinstance(record, dict) for record in records):
        raise NoRecordError(DeadLetterReason.BREAKS_CONTRACT, f"{name}: expected a JSON object")
    return records


def _json(name: str, value: bytes) -> Any:
    if value.count(b"{") + value.count(b"[") > MAX_DEPTH and is_deeper_than(value, MAX_DEPTH):
        raise NoRecordError(DeadLetterReason.TOO_DEEP, f"{name}: nested deeper than {MAX_DEPTH} levels")
    try:
        return from_json(value)
    except ValueError:
        try:
            return from_json(repair_encoding(value))
        except ValueError:
            raise NoRecordError(DeadLetterReason.NOT_JSON, f"{name}: expected JSON") from None


def _line(mapping: Mapping, value: bytes) -> dict[str, Any]:
    text = value.decode("utf-8-sig", "replace").rstrip("\r\n")
    if mapping.format == "tsv":
        cells = text.split("\t")
    else:
        csv.field_size_limit(_MOST_FIELD_CHARS)
        try:
            cells = next(csv.reader([text]), [])
        except csv.Error:
            raise NoRecordError(
                DeadLetterReason.BREAKS_CONTRACT, f"{mapping.source}: expected a line of CSV"
            ) from None
    if mapping.format == "tsv" and len(cells) < len(mapping.columns):
        detail = f"{mapping.source}: {len(cells)} columns, expected {len(mapping.columns)}; the line may be cut off"
        raise NoRecordError(DeadLetterReason.BREAKS_CONTRACT, detail)
    return dict(zip(mapping.columns, cells, strict=False))


def _parse_fields(mapping: Mapping, record: dict[str, Any]) -> None:
    """Replace the texts of fields that hold JSON by its value. A text that is not JSON stays."""
    for path in mapping.parse_json:
        for holder, key in _places(record, path.split(".")):
            text = holder[key]
            if not isinstance(text, str) or text.lstrip()[:1] not in ("{", "["):
                continue
            raw = text.encode("utf-8", "replace")
            if is_deeper_than(raw, MAX_DEPTH):
                continue
            try:
                holder[key] = from_json(raw)
            except ValueError:
                continue


def _places(record: Any, names: list[str]) -> Iterator[tuple[dict[str, Any], str]]:
    for name in names[:-1]:
        record = record.get(name) if isinstance(record, dict) else None
    if isinstance(record, dict) and names[-1] in record:
        yield record, names[-1]
