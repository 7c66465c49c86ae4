"""`lead-router policy publish` and `policy followed`: change the policy of the running workers, and print the present one."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from workers.backtest.changed_lead_lines import LeadWords
from workers.backtest.comparison import compare_runs
from workers.backtest.report_sections import LoadRange, sections_of
from workers.commands.canary_count import count_accounts
from workers.commands.errors import FAILED, CommandError
from workers.commands.followed_policies import ReportReader, publish_config, read_archive
from workers.commands.kafka import Shadow
from workers.commands.new_file import NewFile, refuse_existing, write_new
from workers.commands.policy_canary import (
    canary_text,
    config_of_canary,
    describe_accounts,
    name_of,
    running_canary,
)
from workers.commands.policy_runs import WORK_FOLDER, Processes, Work, read_history, run_policies
from workers.commands.publication import Publication, followed_policy, plan
from workers.commands.replay import DEMO_KEY, Key
from workers.config import load_config, load_settings
from workers.engine.api import Config
from workers.policy.pages.policy_diff import describe_difference

if TYPE_CHECKING:
    from workers.commands.task_reports import Archive, TaskReports
    from workers.settings import Settings

_WITHIN_S: Final = 60.0
"""How long the command waits until every partition has taken the policy. Seconds."""
_SHORT: Final = 2
"""The sections of a backtest that are printed: how many leads become MQLs, and which leads change."""


def publish(
    file: Annotated[
        Path | None,
        typer.Argument(help="The policy to publish, or a folder with default.yaml.", show_default=False),
    ] = None,
    *,
    back: Annotated[
        bool,
        typer.Option("--back", help="Publish the text that was followed before, under the next version."),
    ] = False,
    canary: Annotated[
        str | None,
        typer.Option(
            "--canary",
            metavar="ACCOUNTS",
            help="Only for a part of the accounts: 10%, country=CA,MX, or territory=NAME, a condition of the present policy.",
            show_default="all accounts",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for a confirmation.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check, and print what would change. Write nothing.")
    ] = False,
    history: Annotated[
        list[Path] | None,
        typer.Option("--history", help="Files of records: also print the short result of a backtest."),
    ] = None,
    out: NewFile = None,
    work: Work = WORK_FOLDER,
    processes: Processes = None,
    lead_id_key: Key = DEMO_KEY,
    shadow: Shadow = None,
) -> None:
    r"""Change the policy of the running workers. They follow the new one within seconds, without a restart.

    The policy is checked as [cyan]policy check[/] does, and compared with the one that is followed. After a confirmation it
    is written into the log of every partition, in one transaction. From that record on a partition decides by it. The
    command waits until every partition does, 60 s at most, and names those that do not.

    With [cyan]--canary[/] it decides a part of the accounts; each has one policy at any time. The same file with a larger part
    widens it, without [cyan]--canary[/] all accounts get it.

    With [cyan]--back[/] a canary ends. Without a canary, the text that was followed before returns, with a higher version.

    [bold]Examples[/]

      lead-router policy publish policy.yaml --dry-run
      lead-router policy publish policy.yaml --history march.jsonl
      lead-router policy publish policy.yaml --canary 10%
      lead-router policy publish --back --out policy.yaml
    """
    if (file is None) is not back:
        raise CommandError("expected the file of a policy, or --back")
    refuse_existing(out)
    if back and canary is not None:
        raise CommandError(
            "expected --canary with the file of a policy; --back ends a canary for all its accounts"
        )
    new = None if file is None else load_config(file)
    settings = load_settings(shadow=shadow)
    archive, reports = asyncio.run(_read(settings))
    planned = plan(new, canary, archive, reports)
    for line in plan_lines(planned, reports, asyncio.run(count_accounts(settings, planned))):
        typer.echo(line)
    if history:
        for line in backtest_lines(planned, history, work, processes, lead_id_key):
            typer.echo(line)
    if dry_run:
        typer.echo("nothing is published (--dry-run)")
        return
    confirm_publication(planned, len(reports.tasks), yes=yes)
    if out is not None:
        write_new(out, planned.given.text)
    _publish(settings, planned)
    if back and out is None and running_canary(planned.followed) is None:
        typer.echo("put the text under version control: lead-router policy followed --out FILE")


def followed(
    *,
    canary: Annotated[
        bool, typer.Option("--canary", help="Print the text that a part of the accounts has instead.")
    ] = False,
    out: NewFile = None,
    shadow: Shadow = None,
) -> None:
    r"""Print the text of the policy that the partitions follow now, for version control, `try`, `diff` and `backtest`.

    The policy, the canary and the partitions that lag are named on standard error.

    [bold]Examples[/]

      lead-router policy followed --out policy.yaml
      lead-router policy followed --canary --out candidate.yaml
    """
    refuse_existing(out)
    settings = load_settings(shadow=shadow)
    archive, reports = asyncio.run(_read(settings))
    config = followed_policy(archive)
    text = canary_text(config) if canary else config.text
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_new(out, text)
    for line in _state_lines(config, reports):
        typer.echo(line, err=True)


async def _read(settings: Settings) -> tuple[Archive, TaskReports]:
    async with ReportReader(settings) as reader:
        return await read_archive(settings), reader.reports


def plan_lines(planned: Publication, reports: TaskReports, counted: list[str]) -> list[str]:
    """Return what is followed now, what would change, and what would not happen at once.

    ``counted``: how many accounts get another version. Empty: all.
    """
    lines = [*_state_lines(planned.followed, reports), ""]
    if accounts := describe_accounts(planned.followed, planned.config):
        lines += [*accounts, *counted, ""]
    lines += describe_difference(planned.before, planned.policy)
    if planned.policy.privacy.erase_within != planned.before.privacy.erase_within:
        lines += [
            "",
            "privacy.erase_within also bounds the compaction of topics: `lead-router topics check` with the new file names those",
            "to change. Workers compact their local copies by the new time without a restart.",
        ]
    return lines


def _state_lines(config: Config, reports: TaskReports) -> list[str]:
    count, all_of = len(reports.followers(config)), len(reports.tasks)
    lines = [f"{name_of(config)} is followed by {count} of {all_of} partitions."]
    return lines + [f"  {line}" for line in reports.obstacles(config)]


def backtest_lines(
    planned: Publication, files: list[Path], work: Path, processes: int | None, lead_id_key: str
) -> list[str]:
    """Return the short result of a backtest of both policies over a history."""
    console = Console(stderr=True, highlight=False)
    history = read_history(files, console)
    tried = running_canary(planned.followed)
    is_end = tried is not None and planned.before.hash == tried.hash
    present = (
        config_of_canary(tried) if tried is not None and is_end else replace(planned.followed, canary=None)
    )
    both = [(planned.before, present), (planned.policy, planned.given)]
    folders = run_policies(both, history, files, work, lead_id_key, processes, console)
    zones = ZoneInfo(planned.before.timezone), ZoneInfo(planned.policy.timezone)
    found = compare_runs(folders[0], folders[1], (history.first_ms or 0, history.last_ms or 0), zones)
    sections = sections_of(found, LoadRange(), LeadWords(found.reps, zones[1]))[:_SHORT]
    names = ", ".join(map(str, files))
    of_all = ", if all accounts had it" if planned.config.canary is not None else ""
    return [
        "",
        f"Over {names}{of_all}:",
        *(f"  {line}" for section in sections for line in section.sentences),
    ]


def confirm_publication(planned: Publication, count: int, *, yes: bool) -> None:
    """Ask for a confirmation of a publication to ``count`` partitions. Raises CommandError if there is none."""
    if yes:
        return
    typer.echo("")
    if not sys.stdin.isatty():
        raise CommandError(
            "nothing is published: there is no terminal to confirm it; look at --dry-run, then give --yes"
        )
    if not typer.confirm(f"Publish {name_of(planned.config)} to {count} partitions?", default=False):
        raise CommandError("nothing is published")


def _publish(settings: Settings, planned: Publication) -> None:
    config = planned.config
    reports, took_s = asyncio.run(publish_config(settings, config, planned.followed, _WITHIN_S))
    rest = reports.obstacles(config)
    if not rest:
        typer.echo(
            f"{name_of(config)} is followed by all {len(reports.tasks)} partitions after {took_s:.1f} s"
        )
        return
    count = len(reports.followers(config))
    typer.echo(
        f"{name_of(config)} is in every log, and followed by {count} of {len(reports.tasks)} partitions after {took_s:.1f} s."
        " The others take it when they read it:",
        err=True,
    )
    for line in rest:
        typer.echo(f"  {line}", err=True)
    raise typer.Exit(FAILED)
