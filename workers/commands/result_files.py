"""Results that stand in files, a line each, as `replay --out` and `watch --json` write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from workers.commands.errors import CommandError
from workers.replay.history_lines import raw_value


class _Line(msgspec.Struct, frozen=True):
    topic: str
    value: msgspec.Raw


def read_results(file: Path) -> Iterator[tuple[int, str, bytes]]:
    """Give line number, topic and value of each line that has one. Raises CommandError with file and line."""
    with file.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            try:
                line = msgspec.json.decode(text, type=_Line)
                value = raw_value(line.value)
            except (msgspec.MsgspecError, UnicodeError):
                raise bad_result_line(file, number) from None
            if value is not None:
                yield number, line.topic, value


def bad_result_line(file: Path, number: int) -> CommandError:
    """Return the error of a line that is none."""
    return CommandError(f"{file}:{number}: no line of results: expected topic and value")
