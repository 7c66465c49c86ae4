"""The search of `policy solve` for thresholds of the grade, with the counts of won and lost leads behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.backtest.grade_counts import FIGURES, LETTERS, GradeCounts, GradeSuggestion, suggest_grade
from workers.backtest.grade_text import with_grade
from workers.backtest.report_sections import Section, span_text
from workers.commands.proposal import Result, Start, propose
from workers.commands.weight_search import decided, quality_section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.backtest.grade_counts import Outcomes


def find_grade(start: Start) -> Result:
    """Return the suggested thresholds of the grade, the chance of each grade, and the policy with both.

    Raises:
        CommandError: too few leads are won or lost, or the policy cannot be changed.
    """
    leads = decided(start)
    grade = start.policy.grade
    found = suggest_grade(leads, grade)
    counts = found.suggested
    won = sum(lead.is_won for lead in leads)
    source = f"{won} won and {len(leads) - won} lost MQLs from {span_text(start.found)}"
    sections = [
        _counts_section(found, source),
        _chances_section(counts),
        quality_section(found.present_quality, found.suggested_quality, found.marked),
    ]
    proposal = propose(
        start.file, lambda: with_grade(start.text, counts, grade.fit.C, source), "the suggested grade"
    )
    return Result("Grade", sections, proposal)


def _counts_section(found: GradeSuggestion, source: str) -> Section:
    rows = []
    for now, new, names, of in (
        (found.present.fit, found.suggested.fit, LETTERS, "letters"),
        (found.present.behaviour, found.suggested.behaviour, FIGURES, "figures"),
    ):
        before, after = getattr(found.present, of), getattr(found.suggested, of)
        for at, name in enumerate(names):
            from_now, from_new = ("below" if at == len(one) else f"{one[at]}" for one in (now, new))
            rows.append((name, from_now, _outcomes_text(before, name), from_new, _outcomes_text(after, name)))
    return Section(
        "Thresholds of the grade from won and lost leads",
        (
            f"This rests on {source}.",
            "The letter is for fit, the figure for behaviour. Each lead counts with its points when it was handed over.",
        ),
        ("", "from points, present", "won and lost", "from points, suggested", "won and lost"),
        rows,
    )


def _outcomes_text(counts: Mapping[str, Outcomes], name: str) -> str:
    return f"{counts[name].won:,} won, {counts[name].lost:,} lost"


def _chances_section(counts: GradeCounts) -> Section:
    return Section(
        "Chance of each suggested grade to be won",
        ("Naive Bayes: the odds of all leads, times those of the letter, times those of the figure.",),
        ("", *FIGURES),
        [(letter, *(f"{counts.chance(letter, figure):.0%}" for figure in FIGURES)) for letter in LETTERS],
    )
