"""A policy text with other thresholds of the grade, and with the counts behind them as comments. Other lines stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workers.policy.changed_text import with_next_version
from workers.policy.document import KeyPath, read

if TYPE_CHECKING:
    from workers.backtest.grade_counts import GradeCounts, Outcomes


def with_grade(text: str, counts: GradeCounts, lowest: int, source: str) -> str:
    """Return the text of a policy with other thresholds of the grade and the next version.

    Args:
        text: the text of the policy.
        counts: the thresholds, with the won and lost leads of each letter and figure.
        lowest: the threshold of C, which stays.
        source: where the counts come from, as a sentence without a full stop.

    Raises:
        NoNumberError: the text has no number at one of the places.
    """
    figures = dict(zip("123", counts.behaviour, strict=True))
    letters = dict(zip("AB", counts.fit, strict=True))
    comment = [
        f"# {source}:",
        f"#   fit: {_counts_text(counts.letters)}",
        f"#   behaviour: {_counts_text(counts.figures)}",
    ]
    document = read(text, "policy")
    place = document.key_places.get(("grade",))
    if place is None:
        fit = ", ".join(f"{name}: {points}" for name, points in {**letters, "C": lowest}.items())
        behaviour = ", ".join(f"{name}: {points}" for name, points in figures.items())
        section = [*comment, "grade:", f"  fit: {{{fit}}}", f"  behaviour: {{{behaviour}}}"]
        return with_next_version(f"{text.rstrip()}\n\n" + "\n".join(section) + "\n", {})
    numbers: dict[KeyPath, int] = {("grade", "fit", name): points for name, points in letters.items()}
    numbers |= {("grade", "behaviour", name): points for name, points in figures.items()}
    lines = with_next_version(text, numbers).splitlines(keepends=True)
    lines[place[0] - 1 : place[0] - 1] = [f"{line}\n" for line in comment]
    return "".join(lines)


def _counts_text(counts: Mapping[str, Outcomes]) -> str:
    return "; ".join(f"{name} {one.won} won, {one.lost} lost" for name, one in counts.items())
