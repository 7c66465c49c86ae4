"""`lead-router policy solve`: the threshold that gives sales as many MQLs as it can work, on a history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from workers.backtest.changed_lead_lines import LeadWords
from workers.backtest.charts import Series, lines
from workers.backtest.comparison import Comparison, compare_runs
from workers.backtest.report_page import charts_of, page_of
from workers.backtest.report_sections import LoadRange, Section, sections_of, share_text, span_text
from workers.backtest.threshold_curve import Point, curve_of, proposed_order
from workers.backtest.threshold_text import with_threshold
from workers.backtest.work_folder import RunFolder
from workers.commands.errors import CommandError
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
from workers.config import load_config, policy_file
from workers.engine.api import Config
from workers.policy.changed_text import NoNumberError
from workers.policy.load import PolicyError, load_policy, to_config
from workers.policy.model import Policy
from workers.policy.pages.policy_diff import describe_difference
from workers.policy.table_files import with_tables
from workers.replay.history_files import History

_AROUND: Final = 20
"""Thresholds on each side of the present one that the curve shows."""

PolicyPath = Annotated[
    Path, typer.Option("--policy", "-p", help="The policy: a file, or a folder with default.yaml.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Write the proposed policy into this file. It must not exist.",
        show_default="none",
    ),
]


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A policy with another threshold, checked."""

    point: Point
    policy: Policy
    config: Config
    text: str
    """The text of the policy file, with its comments."""


def solve(
    files: GivenFiles = None,
    *,
    policy: PolicyPath = Path("policy"),
    topics: FromTopics = False,
    per_week: PerWeek = "5-10",
    out: Out = None,
    html: HtmlPath = None,
    work: Work = WORK_FOLDER,
    processes: Processes = None,
    lead_id_key: Key = DEMO_KEY,
) -> None:
    r"""Propose the threshold that gives each rep 5 to 10 MQLs a week on this history, with its curve.

    The policy decides the history once. From the points of its leads follows how many MQLs every other threshold would have
    given. The proposal is then run over the history too, and compared as [cyan]backtest[/] does. Gates stay as they are.

    It is a proposal: no policy in force is changed. A person reads it, and commits it or not.

    [bold]Examples[/]

      lead-router policy solve march.jsonl
      lead-router policy solve march.jsonl --policy policy.yaml --per-week 4-6 --out proposed.yaml --html curve.html
    """
    console = Console(stderr=True, highlight=False)
    load = read_load(per_week)
    if out is not None and out.exists():
        raise CommandError(f"{out} exists; choose another file")
    files = history_files(files, work, console, topics=topics)
    loaded = load_config(policy)
    present = _threshold_of(loaded[0])
    history = read_history(files, console)
    (run,) = run_policies([loaded], history, files, work, lead_id_key, processes, console)
    same = _compared(run, run, history, loaded[0], loaded[0])
    points = _curve(run, same, loaded[0])
    proposal = _propose(points, loaded[0], policy, load)
    sections = [_section(points, present, proposal, load)]
    found = same
    if proposal is not None:
        proposed = (proposal.policy, proposal.config)
        (new,) = run_policies([proposed], history, files, work, lead_id_key, processes, console)
        found = _compared(run, new, history, loaded[0], proposal.policy)
        sections += [_verdict(found, load), _difference(loaded[0], proposal.policy)]
    name = f"Threshold of {loaded[0].name}, version {loaded[0].version}, over {span_text(found)}."
    print_report(sections, (name,))
    if html is not None:
        words = LeadWords(found.reps, ZoneInfo(loaded[0].timezone))
        charts = charts_of(found, load, words) | {"curve": lambda: [_chart(points, load)]}
        rest = [] if proposal is None else sections_of(found, load, words)
        html.write_text(page_of((name,), [*sections, *rest], charts), encoding="utf-8")
    if out is not None and proposal is not None:
        with out.open("x", encoding="utf-8") as file:
            file.write(proposal.text)
        console.print(f"{out} is written; next: lead-router policy diff {policy} {out}", style="dim")


def _threshold_of(policy: Policy) -> int:
    """Return the threshold of an MQL. Raises CommandError if the policy has none."""
    if policy.stages.mql.bar is None:
        raise CommandError(f"the policy {policy.name} has no threshold; expected the key stages.mql.bar")
    return policy.stages.mql.bar


def _compared(before: RunFolder, after: RunFolder, history: History, old: Policy, new: Policy) -> Comparison:
    span = history.first_ms or 0, history.last_ms or 0
    return compare_runs(before, after, span, (ZoneInfo(old.timezone), ZoneInfo(new.timezone)))


def _curve(run: RunFolder, found: Comparison, policy: Policy) -> list[Point]:
    """Return the curve around the present threshold. Raises CommandError if the history is too short."""
    weeks = found.before.load.whole_weeks(found.first_ms, found.last_ms)
    if not weeks:
        raise CommandError(
            "the history covers no whole week; expected records from a Monday to the Friday of that week or later"
        )
    present = _threshold_of(policy)
    around = range(max(1, present - _AROUND), present + _AROUND + 1)
    return curve_of(run, found.before.load, weeks, around, present, found.mean_load(found.before))


def _propose(points: list[Point], policy: Policy, path: Path, load: LoadRange) -> _Proposal | None:
    """Return the best threshold that the check accepts. None: the present threshold is the best."""
    file = policy_file(path)
    text = file.read_bytes().decode("utf-8-sig")
    present = _threshold_of(policy)
    for point in proposed_order(points, present, load):
        if point.threshold == present:
            return None
        try:
            changed = with_threshold(text, point.threshold)
            whole = with_tables(changed, file)
            new = load_policy(whole, str(file))
        except PolicyError:
            continue
        except NoNumberError as error:
            raise CommandError(
                f"{file}: {error} is not written as a number, so no other can be proposed"
            ) from None
        return _Proposal(point, new, to_config(new, whole), changed)
    return None


def _section(points: list[Point], present: int, proposal: _Proposal | None, load: LoadRange) -> Section:
    now = next(point for point in points if point.threshold == present)
    is_good = load.least <= now.per_rep_week <= load.most
    first = f"The present threshold {present} gives {now.per_rep_week:.1f} MQLs per rep and week, the range is {load}."
    if proposal is None:
        what = (
            "It is within the range."
            if is_good
            else "No other threshold that the check accepts comes nearer."
        )
    else:
        what = f"Proposed: {proposal.point.threshold}, with about {proposal.point.per_rep_week:.1f}."
    rows = []
    for point in points:
        mark = "present" if point is now else ""
        if proposal is not None and point.threshold == proposal.point.threshold:
            mark = "proposed"
        rows.append(
            (
                f"{point.threshold} {mark}".rstrip(),
                f"{point.mqls:,}",
                f"{point.per_rep_week:.1f}",
                "yes" if load.least <= point.per_rep_week <= load.most else "",
                share_text(point.precision),
            )
        )
    return Section(
        "MQLs by threshold",
        (
            first,
            what,
            "The curve follows from the points that each lead reached. What a hand-off changes later is not in it.",
        ),
        ("threshold", "MQLs", "per rep and week", f"within {load}", "converted"),
        rows,
        "curve",
    )


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


def _chart(points: list[Point], load: LoadRange) -> Element:
    return lines(
        [str(point.threshold) for point in points],
        [Series("MQLs per rep and week", [round(point.per_rep_week, 2) for point in points])],
        f"MQLs per rep and week by threshold; the green band is {load}",
        (float(load.least), float(load.most)),
    )
