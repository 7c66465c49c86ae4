"""`lead-router sources`: the sources of events, and which of them are silent."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from workers.commands.errors import FAILED, CommandError
from workers.config import load_settings, policy_file
from workers.policy.load import load_policy_file
from workers.result_store.store_file import reading
from workers.silent_sources.policy_hours import hour_plan
from workers.silent_sources.source_report import SourceReport, SourceState, source_report

_MS = 1_000

Store = Annotated[
    Path | None,
    typer.Option(
        help="The console's file of results.", show_default="results.sqlite in LEAD_ROUTER_CONSOLE_DIR"
    ),
]
PolicyPath = Annotated[
    Path | None,
    typer.Option(
        "--policy", help="The policy, for its time zone and holidays.", show_default="LEAD_ROUTER_POLICY"
    ),
]


def sources(store: Store = None, policy: PolicyPath = None) -> None:
    r"""List forms, pages, sites and producers with their last event, and those that are silent first.

    A source is silent if it sends less than a quarter of what is usual at that hour of the week, and hardly by chance. The counts
    are those that `lead-router console` keeps. Exit code 1 if a source is silent.

    [bold]Examples[/]

      lead-router sources
      lead-router sources --store data/console/results.sqlite
    """
    settings = load_settings()
    path = store or settings.console_dir / "results.sqlite"
    if not path.is_file():
        raise CommandError(f"{path} does not exist; start `lead-router console`, which counts the events")
    plan = hour_plan(load_policy_file(policy_file(policy or settings.policy))[0])
    with reading(path) as connection:
        report = source_report(connection, time.time_ns() // 1_000_000, plan)
    silent = [one for one in report.states if one.silent_since_ms is not None]
    console = Console()
    console.print(_table(report))
    for one in silent:
        console.print(_sentence(one), markup=False, soft_wrap=True)
    console.print(f"{len(report.states):,} sources; {len(silent):,} silent")
    if silent:
        raise typer.Exit(FAILED)


def _table(report: SourceReport) -> Table:
    table = Table("source", "last event (UTC)", "usual a week", "silent since (UTC)", "expected", "counted")
    for one in report.states:
        usual = "learning" if one.per_week is None else f"{one.per_week:,.0f}"
        if one.silent_since_ms is not None:
            since = _time(one.silent_since_ms)
        else:
            since = f"with {one.within}" if one.within else ""
        is_silent = bool(since)
        table.add_row(
            str(one.source),
            _time(one.last_ms),
            usual,
            since,
            f"{one.expected:,.0f}" if is_silent else "",
            f"{one.counted:,}" if is_silent else "",
            style="red" if one.silent_since_ms is not None else None,
        )
    return table


def _sentence(state: SourceState) -> str:
    return (
        f"{state.source} is silent since {_time(state.silent_since_ms or 0)} UTC: {state.counted:,} events where "
        f"{state.expected:,.0f} are usual. By chance: {state.probability:.2g}"
    )


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // _MS, UTC).strftime("%Y-%m-%d %H:%M")
