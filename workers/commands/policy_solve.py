"""`lead-router policy solve`: a better threshold, better points or a better grade, from what happened in a history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from workers.backtest.changed_lead_lines import LeadWords
from workers.backtest.comparison import Comparison, compare_runs
from workers.backtest.report_page import charts_of, page_of
from workers.backtest.report_sections import LoadRange, Section, sections_of, share_text, span_text
from workers.backtest.work_folder import RunFolder
from workers.commands.grade_search import find_grade
from workers.commands.new_file import NewFile, refuse_existing, write_new
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
from workers.commands.proposal import Result, Start
from workers.commands.replay import DEMO_KEY, Key
from workers.commands.threshold_search import find_threshold, threshold_of
from workers.commands.weight_search import find_weights, require_scikit_learn
from workers.config import load_config, policy_file
from workers.policy.model import Policy
from workers.policy.pages.policy_diff import describe_difference
from workers.replay.history_files import History


class Find(StrEnum):
    """The subject of the search."""

    THRESHOLD = "threshold"
    WEIGHTS = "weights"
    GRADE = "grade"


_SEARCHES: Final[Mapping[Find, Callable[[Start], Result]]] = {
    Find.THRESHOLD: find_threshold,
    Find.WEIGHTS: find_weights,
    Find.GRADE: find_grade,
}
PolicyPath = Annotated[
    Path, typer.Option("--policy", "-p", help="The policy: a file, or a folder with default.yaml.")
]


def solve(
    files: GivenFiles = None,
    *,
    find: Annotated[
        Find,
        typer.Option(
            help="threshold: as many MQLs as sales can work. weights: points from won and lost leads; needs the "
            "extra `weights`. grade: thresholds of the grade from won and lost leads."
        ),
    ] = Find.THRESHOLD,
    policy: PolicyPath = Path("policy"),
    topics: FromTopics = False,
    per_week: PerWeek = "5-10",
    out: NewFile = None,
    html: HtmlPath = None,
    work: Work = WORK_FOLDER,
    processes: Processes = None,
    lead_id_key: Key = DEMO_KEY,
) -> None:
    r"""Propose the threshold that gives each rep 5 to 10 MQLs a week on this history, with its curve. Or points, or a grade.

    The policy decides the history once. From the points of its leads follows how many MQLs every other threshold would have
    given. With [cyan]--find weights[/] or [cyan]--find grade[/], the proposal follows from the leads that sales won and lost.
    It is then run over the history too, and compared as [cyan]backtest[/] does. Gates stay as they are.

    It is a proposal: no policy in force is changed. A person reads it, and commits it or not.

    [bold]Examples[/]

      lead-router policy solve march.jsonl
      lead-router policy solve march.jsonl --policy policy.yaml --per-week 4-6 --out proposed.yaml --html curve.html
      lead-router policy solve quarter.jsonl --find weights --out proposed.yaml
    """
    console = Console(stderr=True, highlight=False)
    load = read_load(per_week)
    refuse_existing(out)
    if find is Find.WEIGHTS:
        require_scikit_learn()
    files = history_files(files, work, console, topics=topics)
    loaded = load_config(policy)
    if find is Find.THRESHOLD:
        threshold_of(loaded[0])
    history = read_history(files, console)
    (run,) = run_policies([loaded], history, files, work, lead_id_key, processes, console)
    found = _compared(run, run, history, loaded[0], loaded[0])
    file = policy_file(policy)
    start = Start(loaded[0], file, file.read_bytes().decode("utf-8-sig"), run, found, load)
    result = _SEARCHES[find](start)
    proposal, sections = result.proposal, list(result.sections)
    if proposal is not None:
        proposed = (proposal.policy, proposal.config)
        (new,) = run_policies([proposed], history, files, work, lead_id_key, processes, console)
        found = _compared(run, new, history, loaded[0], proposal.policy)
        sections += [_verdict(found, load), _difference(loaded[0], proposal.policy)]
    name = f"{result.title} of {loaded[0].name}, version {loaded[0].version}, over {span_text(found)}."
    print_report(sections, (name,))
    if html is not None:
        words = LeadWords(found.reps, ZoneInfo(loaded[0].timezone))
        charts = charts_of(found, load, words) | dict(result.charts)
        rest = [] if proposal is None else sections_of(found, load, words)
        html.write_text(page_of((name,), [*sections, *rest], charts), encoding="utf-8")
    if out is not None and proposal is not None:
        write_new(out, proposal.text)
        console.print(f"{out} is written; next: lead-router policy diff {policy} {out}", style="dim")


def _compared(before: RunFolder, after: RunFolder, history: History, old: Policy, new: Policy) -> Comparison:
    span = history.first_ms or 0, history.last_ms or 0
    return compare_runs(before, after, span, (ZoneInfo(old.timezone), ZoneInfo(new.timezone)))


def _verdict(found: Comparison, load: LoadRange) -> Section:
    """Return the section about the run of the proposal."""
    before, after = found.mean_load(found.before), found.mean_load(found.after)
    is_good = load.least <= after <= load.most
    return Section(
        "The proposal, run over the history",
        (
            f"It gives {after:.1f} MQLs per rep and week (present: {before:.1f}). "
            + (f"That is within {load}." if is_good else f"That is not within {load}."),
            f"MQLs: {found.after.mqls:,} (present: {found.before.mqls:,}). {found.changed:,} leads change.",
            f"MQLs that converted: {share_text(found.precision(found.after))}.",
            f"Under the present policy: {share_text(found.precision(found.before))}.",
        ),
    )


def _difference(before: Policy, after: Policy) -> Section:
    return Section(
        "What a person would commit", [line for line in describe_difference(before, after) if line]
    )
