"""The search of `policy solve` for points that separate won from lost leads."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from workers.backtest.held_out import Quality
from workers.backtest.intervals import CONFIDENCE_PERCENT, Area
from workers.backtest.point_lines import PointLine, lines_of
from workers.backtest.report_sections import Section, share_text
from workers.backtest.sales_outcomes import DecidedLead, TooFewLeadsError, decided_leads
from workers.commands.errors import CommandError
from workers.commands.proposal import Result, Start, propose
from workers.policy.changed_text import with_next_version

if TYPE_CHECKING:
    from workers.backtest.weights import Suggestion


def require_scikit_learn() -> None:
    """Raise CommandError if the extra is not installed, before the history is read."""
    if find_spec("sklearn") is None:
        raise CommandError(
            'scikit-learn is not installed, and --find weights needs it; install it: pip install "lead-router[weights]"'
        )


def find_weights(start: Start) -> Result:
    """Return the suggested points beside the present ones, and the policy with them.

    Raises:
        CommandError: too few leads are won or lost, no line has other points, or the policy cannot be changed.
    """
    from workers.backtest.weights import suggest_points  # noqa: PLC0415 - scikit-learn is an extra, and takes seconds

    leads, lines = decided(start), lines_of(start.policy)
    found = suggest_points(leads, lines, start.policy) if lines else None
    if found is None:
        raise CommandError("no line whose points may change separates won from lost leads of this history")
    numbers = {
        place: new
        for line, new in zip(lines, found.points, strict=True)
        if new != line.points
        for place in line.places
    }
    sections = [
        _points_section(leads, lines, found),
        quality_section(found.present, found.suggested, found.marked),
    ]
    if not numbers:
        return Result("Points", sections, None)
    proposal = propose(start.file, lambda: with_next_version(start.text, numbers), "the suggested points")
    return Result("Points", sections, proposal)


def decided(start: Start) -> list[DecidedLead]:
    """Return the leads that sales has decided. Raises CommandError if they are too few."""
    try:
        return decided_leads(start.run)
    except TooFewLeadsError as error:
        raise CommandError(str(error)) from None


def _points_section(leads: list[DecidedLead], lines: list[PointLine], found: Suggestion) -> Section:
    won = sum(lead.is_won for lead in leads)
    rows = []
    for line, new, judged in zip(lines, found.points, found.is_judged, strict=True):
        having = [lead.is_won for lead in leads if line.times(lead.points)]
        note = "" if judged else "stays: too few leads to judge"
        rows.append(
            (
                line.name,
                f"{line.points}",
                f"{new}",
                f"{sum(having):,}",
                f"{len(having) - sum(having):,}",
                note,
            )
        )
    return Section(
        "Points from won and lost leads",
        (
            f"This rests on {won:,} won and {len(leads) - won:,} lost leads: MQLs of this history that sales has decided.",
            "Won: an opportunity was opened, or the deal was won. Lost: sales rejected the lead, or lost the deal.",
            "Each lead counts with its points when it was handed over. Leads that sales never got are not in it.",
        ),
        ("points for", "present", "suggested", "won leads with it", "lost leads with it", ""),
        rows,
    )


def quality_section(present: Quality, suggested: Quality, marked: int) -> Section:
    """Return the section about how well figures separate won from lost leads of accounts that they were not made from."""
    return Section(
        "How well they separate won from lost leads",
        (
            f"Each lead was judged by what the leads of other accounts gave. Brackets: {CONFIDENCE_PERCENT} % intervals.",
            f"Precision and recall look at the {marked:,} leads that are best under each.",
        ),
        ("", "present", "suggested"),
        (
            (
                "a won lead is above a lost one (AUC; 50%: chance)",
                *map(_area_text, (present.area, suggested.area)),
            ),
            ("precision: of the best leads, won", *map(share_text, (present.precision, suggested.precision))),
            (
                "recall: of the won leads, among the best",
                *map(share_text, (present.recall, suggested.recall)),
            ),
        ),
    )


def _area_text(area: Area) -> str:
    low, high = area.interval
    return f"{area.value:.0%} ({low:.0%} to {high:.0%})"
