"""`lead-router history import`: what people did before the router ran, from files into the input topics."""

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
"""The topics that have a history, each with its rank among records of one timestamp."""
_STEP: Final = 100

Files = Annotated[list[Path], typer.Argument(help="Lines of history, sorted or not.", show_default=False)]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Where lines are wrong, send the others.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and count, and send nothing.")]
PerSecond = Annotated[int, typer.Option(min=1, help="Events a second: what is live waits behind them.")]

history_app = typer.Typer(help="What people did before the router ran.", no_args_is_help=True)


@history_app.callback()
def _history() -> None:
    """Make a group of one command, so that it has two words."""


@history_app.command("import")
def import_history(
    files: Files,
    skip_bad: SkipBad = False,  # noqa: FBT002 - an option
    dry_run: DryRun = False,  # noqa: FBT002 - an option
    per_second: PerSecond = 1_000,
) -> None:
    r"""Bring web activity, forms and chats of the last months: they count by their dates, and ask nobody for anything.

    A line is [cyan]{"topic", "key", "timestamp", "value"}[/], as [cyan]replay[/] reads it; timestamp is when it arrived then.
    Every line is checked before the first is sent. What is too old to give points is left out. A file may be imported
    again, after an interruption too: each event counts once. A lead whose points of today reach the bar is handed over an
    hour after the last event of theirs has come.

    [bold]Examples[/]

      lead-router history import --dry-run 2026-01.jsonl 2026-02.jsonl
      lead-router history import 2026-01.jsonl 2026-02.jsonl
      lead-router history import --skip-bad --per-second 5000 clicks.jsonl
    """
    from workers.history_import import LineReader  # noqa: PLC0415 - with it come the lists of domains: not for --help

    console = Console(stderr=True, highlight=False)
    settings = load_settings()
    policy, _ = load_config(settings.policy)
    reader = LineReader(policy, int(time.time() * 1_000))
    history = History(files, RANKS, reader.parse)
    show_bad_lines(history.bad, console)
    if history.bad and not (skip_bad or dry_run):
        wrong = f"{len(history.bad):,} of {history.records + len(history.bad):,} lines are wrong"
        raise CommandError(f"{wrong}, and nothing was sent; --skip-bad sends the others")
    counts = _Counts()
    events = _of_use(history, reader, counts)
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
    """What became of the lines that are right."""

    old: int = 0
    sent: int = 0


def _of_use(history: History, reader: LineReader, counts: _Counts) -> Iterator[ImportRecord]:
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
        raise CommandError("the topics are not as the contract says: lead-router topics check")
    with progress_bar(console) as progress:
        task = progress.add_task("importing", total=total)
        async for counts.sent in send(settings, events, per_second):
            if counts.sent % _STEP == 0:
                progress.update(task, completed=counts.sent + counts.old)


def _report(history: History, policy: Policy, counts: _Counts, verb: str, console: Console) -> None:
    """Say what became of every line."""
    bad = len(history.bad)
    left = history.records - counts.sent - counts.old
    console.print(
        f"{history.records + bad:,} lines read: {counts.sent:,} {verb}, {counts.old:,} too old to give points "
        f"({policy.points_last_ms // DAY_MS} days), {bad:,} wrong"
        + (f", {left:,} not sent: start it again, each counts once" if left else "")
    )
