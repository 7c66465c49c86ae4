"""`lead-router backtest`: two policies over the same history, compared lead by lead."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from workers.backtest.changed_lead_lines import LeadWords, csv_writer
from workers.backtest.comparison import ChangedLead, Comparison, compare_runs
from workers.backtest.report_page import charts_of, page_of
from workers.backtest.report_sections import sections_of, span_text
from workers.commands.errors import FAILED, CommandError
from workers.commands.policy_runs import (
    WORK_FOLDER,
    FromTopics,
    GivenFiles,
    HtmlPath,
    PerWeek,
    Processes,
    Work,
    history_files,
    print_report,
    read_history,
    read_load,
    run_policies,
)
from workers.commands.replay import DEMO_KEY, Key
from workers.config import load_config
from workers.engine.api import Config
from workers.policy.model import Policy

NewPolicy = Annotated[
    Path,
    typer.Option(
        "--policy",
        "-p",
        help="The policy to try: a file, or a folder with default.yaml.",
        show_default=False,
    ),
]
PresentPolicy = Annotated[
    Path, typer.Option("--against", "-a", help="The present policy: a file, or a folder with default.yaml.")
]
CsvPath = Annotated[
    Path | None,
    typer.Option("--csv", help="Write each lead that changes into this file.", show_default="none"),
]


def backtest(
    files: GivenFiles = None,
    *,
    policy: NewPolicy,
    against: PresentPolicy = Path("policy"),
    topics: FromTopics = False,
    csv: CsvPath = None,
    html: HtmlPath = None,
    per_week: PerWeek = "5-10",
    work: Work = WORK_FOLDER,
    processes: Processes = None,
    lead_id_key: Key = DEMO_KEY,
) -> None:
    r"""Compare two policies over the same history, without Kafka: what would change, for which leads, and for whom.

    The report shows the leads that change stage, owner, kind or date, the MQLs per rep and week, queues, the time to the first
    touch, and how many MQLs were converted or won. Nothing is written to a policy.

    The files are those of [cyan]replay[/]. An interrupted run continues where it was if the command is started again. The work
    folder holds lead_ids and facts of companies; delete it when the policies are decided.

    [bold]Examples[/]

      lead-router demo --write march.jsonl
      lead-router backtest march.jsonl --policy stricter.yaml
      lead-router backtest --topics --policy stricter.yaml
      lead-router backtest march.jsonl --policy stricter.yaml --against policy --csv changed.csv --html report.html
    """
    for option, out in (("--csv", csv), ("--html", html)):
        if out is not None and any(
            out.resolve() == file.resolve() for file in (*(files or ()), policy, against)
        ):
            raise CommandError(f"{option} {out} is also an input file; choose another file")
    console = Console(stderr=True, highlight=False)
    load = read_load(per_week)
    files = history_files(files, work, console, topics=topics)
    policies = [load_config(path) for path in (against, policy)]
    history = read_history(files, console)
    folders = run_policies(policies, history, files, work, lead_id_key, processes, console)
    zones = ZoneInfo(policies[0][0].timezone), ZoneInfo(policies[1][0].timezone)
    with ExitStack() as stack:
        last = folders[1].marker
        words = LeadWords({} if last is None else last.reps, zones[1])
        write_lead: Callable[[ChangedLead], None] = lambda _: None  # noqa: E731 - a default
        if csv is not None:
            writer = csv_writer(stack.enter_context(csv.open("w", encoding="utf-8", newline="")))
            write_lead = lambda lead: writer.writerow(words.row(lead))  # noqa: E731 - as above
        found = compare_runs(
            folders[0],
            folders[1],
            (history.first_ms or 0, history.last_ms or 0),
            zones,
            write_lead,
        )
    sections = sections_of(found, load, words)
    title = title_of(found, policies, (against, policy))
    print_report(sections, title)
    if html is not None:
        html.write_text(page_of(title, sections, charts_of(found, load, words)), encoding="utf-8")
    if csv is not None:
        console.print(f"{found.changed:,} changed leads are in {csv}", style="dim")
    if history.bad:
        raise typer.Exit(FAILED)


def title_of(
    found: Comparison, policies: list[tuple[Policy, Config]], paths: tuple[Path, Path]
) -> tuple[str, ...]:
    """Return the lines above the report: the history and the two policies."""
    names = [
        f"{label}: {policy.name}, version {policy.version}, {path}"
        for label, (policy, _), path in zip(("present", "new"), policies, paths, strict=True)
    ]
    return f"Backtest over {span_text(found)}.", *names
