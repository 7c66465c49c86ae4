"""`lead-router fairness`: an audit of the desks' ledger, computed from its records alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from schemas.outputs import LedgerEntry
from schemas.topics import DESK_LEDGER
from workers.commands.errors import FAILED
from workers.commands.result_files import bad_result_line, read_results
from workers.desks.ledger_audit import DeskShares, audit
from workers.desks.rotation import FULL_TURN

_SHOWN = 20


def fairness(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files that `watch --json` or `replay --out` wrote. Only desk.ledger is read."),
    ],
) -> None:
    r"""Count the turns of every desk and compare each rep's turns with the exact share by weight.

    The table shows for each rep the turns, the exact share, and the largest difference after any turn. Exit code 1 if a
    line does not continue the line before it, if a turn went to a rep who was not a candidate, or if a rep was ever a
    whole turn off the exact share.

    [bold]Examples[/]

      lead-router watch --json --from-start --to-end --topic desk.ledger > ledger.jsonl
      lead-router fairness ledger.jsonl
    """
    desks = audit(_entries(files))
    console = Console()
    for name, desk in sorted(desks.items()):
        console.print(_table(name, desk))
        for problem in desk.problems[:_SHOWN]:
            console.print(problem, markup=False, style="red", soft_wrap=True)
    if not desks:
        console.print("the files hold no round-robin turns")
    wrong = sum(len(desk.problems) for desk in desks.values())
    turns = sum(desk.turns for desk in desks.values())
    console.print(f"{turns:,} turns; {wrong:,} problems" if wrong else f"{turns:,} turns; it adds up")
    if wrong:
        raise typer.Exit(FAILED)


def _entries(files: list[Path]) -> Iterator[LedgerEntry]:
    for file in files:
        for number, topic, value in read_results(file):
            if topic == DESK_LEDGER.name:
                try:
                    yield LedgerEntry.model_validate_json(value)
                except ValidationError:
                    raise bad_result_line(file, number) from None


def _table(name: str, desk: DeskShares) -> Table:
    table = Table(title=f"{name}: {desk.turns:,} turns, {desk.given_back:,} given back", title_justify="left")
    for column in ("rep", "turns", "exact share", "most off", "lapsed"):
        table.add_column(column, justify="left" if column == "rep" else "right")
    for rep_id, share in sorted(desk.reps.items()):
        table.add_row(
            rep_id,
            f"{share.turns:,}",
            f"{float(share.exact):,.2f}",
            f"{share.most_off / FULL_TURN:.3f}",
            f"{share.lapsed / FULL_TURN:.3f}",
        )
    return table
