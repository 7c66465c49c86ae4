"""What commands that read files show: the lines that are wrong, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from workers.replay.history_lines import BadLine

SHOWN: Final = 20
"""Problems that are named; the rest are counted."""


def show_bad_lines(bad: Sequence[BadLine], console: Console) -> None:
    """Name the first lines that cannot be read."""
    for line in bad[:SHOWN]:
        console.print(str(line), markup=False, style="red", soft_wrap=True)
    if len(bad) > SHOWN:
        console.print(f"... and {len(bad) - SHOWN} more lines that cannot be read", style="red")


def progress_bar(console: Console) -> Progress:
    """A bar on a terminal; nothing where the output is a file."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
