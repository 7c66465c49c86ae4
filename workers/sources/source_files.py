"""Files of records of a source: one JSON object a line, a JSON list, TSV, or CSV whose first line names the columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workers.sources.mapping_model import Mapping

_MOST_LIST_BYTES: Final = 256 << 20
"""The most bytes of a file that is one JSON list. It is read into memory."""


class Line(NamedTuple):
    """One record of a file."""

    number: int
    """The number of its line, or of its item in a JSON list. From 1."""
    value: bytes


def read_file(path: Path, mapping: Mapping) -> tuple[Mapping, Iterator[Line]]:
    """Return the records of a file, and the mapping with the columns that the file names.

    Raises:
        OSError: the file cannot be read.
    """
    if mapping.format == "csv" and not mapping.columns:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            header = next(csv.reader(file), [])
        return mapping.model_copy(update={"columns": tuple(name.strip() for name in header)}), _rows(path)
    if mapping.format == "json" and (items := _json_list(path)) is not None:
        return mapping, iter(items)
    return mapping, _lines(path)


def _lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            value = line.rstrip(b"\r\n")
            if value.strip():
                yield Line(number, value)


def _rows(path: Path) -> Iterator[Line]:
    """Yield the rows behind the first one. A cell may hold line breaks."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        for row in reader:
            if any(cell.strip() for cell in row):
                text = io.StringIO()
                csv.writer(text, lineterminator="").writerow(row)
                yield Line(reader.line_num, text.getvalue().encode())


def _json_list(path: Path) -> list[Line] | None:
    """Return the items of a file that is one JSON list or object over several lines. None: it has a record in each line."""
    if path.stat().st_size > _MOST_LIST_BYTES:
        return None
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
    if b"\n" not in content:
        return [Line(1, content)] if content else []
    try:
        items = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    listed = items if isinstance(items, list) else [items]
    return [Line(number, msgspec.json.encode(item)) for number, item in enumerate(listed, 1)]
