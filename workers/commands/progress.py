"""Output of the commands that read files: invalid lines and a progress bar."""

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
"""Most problems that are printed. Further problems are counted."""


def show_bad_lines(bad: Sequence[BadLine], console: Console) -> None:
    """Print the first lines that cannot be read, and the number of the others."""
    for line in bad[:SHOWN]:
        console.print(str(line), markup=False, style="red", soft_wrap=True)
    if len(bad) > SHOWN:
        console.print(f"... and {len(bad) - SHOWN} more lines that cannot be read", style="red")


def progress_bar(console: Console) -> Progress:
    """Return a progress bar. It is shown on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
