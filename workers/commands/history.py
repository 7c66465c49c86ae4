"""`lead-router history import`: events from before the router ran, from files into the input topics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from schemas.topics import CHAT_CONVERSATIONS, FORM_FILLS, WEB_ACTIVITY
from workers.commands.errors import FAILED, CommandError
from workers.commands.progress import progress_bar, show_bad_lines
from workers.config import load_config, load_settings
from workers.identity.event_time import DAY_MS
from workers.replay.history_files import History

if TYPE_CHECKING:
    from workers.history_import import ImportRecord, LineReader
    from workers.policy.model import Policy
    from workers.settings import Settings

RANKS: Final = {topic.name: rank for rank, topic in enumerate((WEB_ACTIVITY, FORM_FILLS, CHAT_CONVERSATIONS))}
"""The topics that can be imported, each with its rank among records of one timestamp."""
_STEP: Final = 100

Files = Annotated[
    list[Path], typer.Argument(help="Files with one event a line, sorted or not.", show_default=False)
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Send the valid lines even if other lines are invalid.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and count the lines. Send nothing.")]
PerSecond = Annotated[int, typer.Option(min=1, help="Events sent per second. Live events wait behind them.")]

history_app = typer.Typer(help="Import events from before the router ran.", no_args_is_help=True)


@history_app.callback()
def _history() -> None:
    """Define a group with one command, so that the command is called `history import`."""


@history_app.command("import")
def import_history(
    files: Files,
    skip_bad: SkipBad = False,  # noqa: FBT002 - an option
    dry_run: DryRun = False,  # noqa: FBT002 - an option
    per_second: PerSecond = 1_000,
) -> None:
    r"""Import web activity, forms and chats of the last months. They count by their dates; no rep has to answer them.

    A line is [cyan]{"topic", "key", "timestamp", "value"}[/], as [cyan]replay[/] reads it. The timestamp is the time of
    the original arrival in milliseconds. Every line is checked before the first is sent. Events that are too old to earn
    points are left out. A file may be imported again, also after an interruption: each event counts once. A lead whose
    points today reach the threshold is handed over one hour after its last imported event has arrived.

    [bold]Examples[/]

      lead-router history import --dry-run 2026-01.jsonl 2026-02.jsonl
      lead-router history import 2026-01.jsonl 2026-02.jsonl
      lead-router history import --skip-bad --per-second 5000 clicks.jsonl
    """
    from workers.history_import import LineReader  # noqa: PLC0415 - imports lists of domains, which --help does not need

    console = Console(stderr=True, highlight=False)
    settings = load_settings()
    policy, _ = load_config(settings.policy)
    reader = LineReader(policy, int(time.time() * 1_000))
    history = History(files, RANKS, reader.parse)
    show_bad_lines(history.bad, console)
    if history.bad and not (skip_bad or dry_run):
        invalid = f"{len(history.bad):,} of {history.records + len(history.bad):,} lines are invalid"
        raise CommandError(
            f"{invalid}, so nothing was sent; fix them, or use --skip-bad to send the other lines"
        )
    counts = _Counts()
    events = _importable_records(history, reader, counts)
    try:
        if dry_run:
            counts.sent = sum(1 for _ in events)
        else:
            asyncio.run(_send(settings, policy, events, counts, per_second, history.records, console))
    finally:
        _report(history, policy, counts, "would be sent" if dry_run else "sent", console)
    if history.bad:
        raise typer.Exit(FAILED)


@dataclass(slots=True)
class _Counts:
    """The outcomes of the valid lines, counted."""

    old: int = 0
    sent: int = 0


def _importable_records(history: History, reader: LineReader, counts: _Counts) -> Iterator[ImportRecord]:
    for line in history.in_order():
        ready = reader.to_record(line)
        if ready is None:
            counts.old += 1
        else:
            yield ready


async def _send(
    settings: Settings,
    policy: Policy,
    events: Iterator[ImportRecord],
    counts: _Counts,
    per_second: int,
    total: int,
    console: Console,
) -> None:
    from workers.broker.topic_plan import check_topics  # noqa: PLC0415 - the client takes long to import
    from workers.history_import import send  # noqa: PLC0415 - as above

    if await check_topics(settings, policy.privacy.erase_within):
        raise CommandError(
            "the topics at the broker differ from the contract; see `lead-router topics check`"
        )
    with progress_bar(console) as progress:
        task = progress.add_task("importing", total=total)
        async for counts.sent in send(settings, events, per_second):
            if counts.sent % _STEP == 0:
                progress.update(task, completed=counts.sent + counts.old)


def _report(history: History, policy: Policy, counts: _Counts, verb: str, console: Console) -> None:
    """Print the outcomes of all lines."""
    bad = len(history.bad)
    left = history.records - counts.sent - counts.old
    console.print(
        f"{history.records + bad:,} lines read: {counts.sent:,} {verb}, {counts.old:,} too old to earn points "
        f"({policy.points_last_ms // DAY_MS} days), {bad:,} invalid"
        + (f", {left:,} not sent; run the import again, each event counts once" if left else "")
    )
