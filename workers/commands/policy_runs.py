"""Runs of policies over a history, for the commands `backtest` and `policy solve`."""

from __future__ import annotations

import asyncio
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workers.backtest.edge_run import edge_terms
from workers.backtest.history_writer import HistoryWriter
from workers.backtest.policy_run import RunLockedError
from workers.backtest.report_sections import LoadRange, Section
from workers.backtest.run_processes import PolicyRun, run_all
from workers.backtest.run_processes import Work as Runs
from workers.backtest.work_folder import (
    RunFolder,
    digest_of_files,
    digest_of_program,
    edge_name,
    run_name,
)
from workers.commands.errors import CommandError
from workers.commands.progress import progress_bar, show_bad_lines
from workers.commands.replay import DEMO_KEY
from workers.config import load_settings
from workers.engine.api import Config
from workers.policy.model import Policy
from workers.replay.edge_replay import EndlessEffectsError
from workers.replay.history_files import History
from workers.replay.history_lines import Input
from workers.replay.topic_roles import INPUT_RANKS

WORK_FOLDER: Final = Path("backtest.work")
TOPICS_FOLDER: Final = "topics"
"""The folder below the work folder with a copy of the input topics."""
_EXAMPLES: Final = 5
"""Examples of a kind that the terminal shows. The page and the CSV table have more."""

GivenFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILES...", help="Files with one record a line, sorted or not.", show_default=False
    ),
]
FromTopics = Annotated[
    bool,
    typer.Option(
        "--topics",
        help="Read the input topics of the broker instead of files. They are copied to the work folder.",
    ),
]
Work = Annotated[
    Path,
    typer.Option(
        help="The folder of finished parts. A run that is in it is continued or read, not repeated."
    ),
]
Processes = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Most processes. Each policy runs in one, and one more reads the events for all.",
        show_default="the cores and one more",
    ),
]
PerWeek = Annotated[str, typer.Option(help="The MQLs per rep and week that sales can work well.")]
HtmlPath = Annotated[
    Path | None,
    typer.Option("--html", help="Write the report with charts into this file.", show_default="none"),
]


def read_load(per_week: str) -> LoadRange:
    """Return the range of the command line. Raises typer.BadParameter."""
    least, _, most = per_week.partition("-")
    if least.isdigit() and most.isdigit() and int(least) <= int(most):
        return LoadRange(int(least), int(most))
    raise typer.BadParameter(
        f"{per_week!r} is not a range of whole numbers, such as 5-10", param_hint="--per-week"
    )


def history_files(files: list[Path] | None, work: Path, console: Console, *, topics: bool) -> list[Path]:
    """Return the files of the history: those that are given, or a copy of the input topics in the work folder.

    Raises:
        CommandError: there is neither or both, or the topics were copied before.
    """
    if bool(files) == topics:
        raise CommandError("expected files of records, or --topics to read the broker's input topics")
    if files:
        return files
    folder = work / TOPICS_FOLDER
    if folder.exists():
        raise CommandError(
            f"{folder} has a copy of the topics; use {folder}/*.jsonl, or delete it to read the topics again"
        )
    copied = asyncio.run(_copy_topics(folder))
    console.print(f"the topics are copied to {folder}; to continue later, give {folder}/*.jsonl", style="dim")
    return copied


async def _copy_topics(folder: Path) -> list[Path]:
    from workers.commands.topic_records import read_topics  # noqa: PLC0415 - the client takes long to import

    settings = load_settings()
    with HistoryWriter(folder) as writer:
        async for record in read_topics(settings, tuple(INPUT_RANKS), from_start=True, to_end=True):
            headers = tuple(record.headers)
            writer.add(Input(record.topic, record.timestamp, record.key, record.value, headers))
    return writer.paths


def read_history(files: list[Path], console: Console) -> History:
    """Read the history for the first time, and report its invalid lines. Raises CommandError if it has no record."""
    history = History(files, INPUT_RANKS)
    show_bad_lines(history.bad, console)
    if not history.records:
        raise CommandError(
            f"no record could be read from {', '.join(map(str, files))}; expected one JSON object a line"
        )
    return history


def run_policies(
    policies: list[tuple[Policy, Config]],
    history: History,
    files: list[Path],
    work: Path,
    lead_id_key: str,
    processes: int | None,
    console: Console,
) -> list[RunFolder]:
    """Run the policies over the history, or read the runs from the work folder. Return their folders."""
    key = lead_id_key.encode()
    if lead_id_key == DEMO_KEY:
        console.print(
            "using the demo's key for lead ids; set LEAD_ROUTER_LEAD_ID_KEY to get the ids of your workers",
            style="dim",
        )
    digests = digest_of_files(files), digest_of_program()
    runs = [
        PolicyRun(
            work / run_name(*digests, key, config),
            work / edge_name(*digests, key, edge_terms(config)),
            config,
        )
        for _, config in policies
    ]
    folders = [RunFolder(one.folder) for one in runs]
    left = {one.folder: one for one, folder in zip(runs, folders, strict=True) if not folder.is_done}
    if left:
        to_do = Runs(list(left.values()), history.scans, key)
        with progress_bar(console) as progress:
            bars = [("events of leads", path) for path in to_do.edges]
            bars += [(one.config.name, one.folder) for one in to_do.runs]
            tasks = [
                progress.add_task(name, total=history.records, completed=_records_in(path))
                for name, path in bars
            ]
            try:
                run_all(to_do, lambda number, read: progress.update(tasks[number], completed=read), processes)
            except BrokenProcessPool:
                raise CommandError(
                    "a process of the run was ended, perhaps because memory was short; start the command again to continue"
                ) from None
            except (EndlessEffectsError, RunLockedError) as error:
                raise CommandError(str(error)) from None
    return folders


def _records_in(folder: Path) -> int:
    marker = RunFolder(folder).marker
    return 0 if marker is None else marker.records


def print_report(sections: list[Section], title: tuple[str, ...]) -> None:
    """Print the report on standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=140)
    for line in title:
        console.print(line, markup=False)
    for section in sections:
        console.print()
        console.print(section.title, markup=False, style="bold")
        for sentence in section.sentences:
            console.print(sentence, markup=False)
        if section.rows:
            console.print(table_of(section))
        if section.is_text and len(section.rows) > _EXAMPLES:
            console.print(f"... and {len(section.rows) - _EXAMPLES} more with --html, all with --csv")


def table_of(section: Section) -> Table:
    """Return the table of a section for a terminal."""
    table = Table()
    for number, column in enumerate(section.columns):
        table.add_column(column, justify="left" if section.is_text or number == 0 else "right")
    for row in section.rows[:_EXAMPLES] if section.is_text else section.rows:
        table.add_row(*map(escape, row))
    return table
