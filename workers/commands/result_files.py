"""Reading of results from files with one record a line, as `replay --out` and `watch --json` write them."""

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
    """Yield line number, topic and value of each line with a value.

    Raises:
        CommandError: a line is not a result. The text names file and line.
    """
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
    """Return the error for a line that is not a result."""
    return CommandError(
        f"{file}:{number}: not a result; expected a JSON object with topic and value, as `replay --out` writes it"
    )
