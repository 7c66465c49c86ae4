"""The option of commands that write a text into a new file. A file that exists is never changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.commands.errors import CommandError

NewFile = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Write the policy into this file. It must not exist.",
        show_default="none",
    ),
]


def refuse_existing(out: Path | None) -> None:
    """Raise CommandError if the file exists, before the command does its work."""
    if out is not None and out.exists():
        raise _existing(out)


def write_new(out: Path, text: str) -> None:
    """Write a text into a new file. Raises CommandError if the file exists."""
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _existing(out) from None


def _existing(out: Path) -> CommandError:
    return CommandError(f"{out} exists; choose another file")
