"""The search of `policy solve` for the threshold that gives sales as many MQLs as it can work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.backtest.charts import Series, lines
from workers.backtest.report_sections import LoadRange, Section, share_text
from workers.backtest.threshold_curve import Point, curve_of, proposed_order
from workers.backtest.threshold_text import with_threshold
from workers.commands.errors import CommandError
from workers.commands.proposal import Proposal, Result, Start, checked
from workers.policy.changed_text import NoNumberError
from workers.policy.load import PolicyError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from workers.policy.model import Policy

_AROUND: Final = 20
"""Thresholds on each side of the present one that the curve shows."""


def find_threshold(start: Start) -> Result:
    """Return the curve, and the best threshold that the check accepts.

    Raises:
        CommandError: the policy has no threshold, or the history covers no whole week.
    """
    present = threshold_of(start.policy)
    points = _curve(start, present)
    point, proposal = _propose(points, present, start)
    return Result(
        "Threshold",
        [_section(points, present, point, start.load)],
        proposal,
        {"curve": lambda: [_chart(points, start.load)]},
    )


def threshold_of(policy: Policy) -> int:
    """Return the threshold of an MQL. Raises CommandError if the policy has none."""
    if policy.stages.mql.bar is None:
        raise CommandError(f"the policy {policy.name} has no threshold; expected the key stages.mql.bar")
    return policy.stages.mql.bar


def _curve(start: Start, present: int) -> list[Point]:
    """Return the curve around the present threshold."""
    found = start.found
    weeks = found.before.load.whole_weeks(found.first_ms, found.last_ms)
    if not weeks:
        raise CommandError(
            "the history covers no whole week; expected records from a Monday to the Friday of that week or later"
        )
    around = range(max(1, present - _AROUND), present + _AROUND + 1)
    return curve_of(start.run, found.before.load, weeks, around, present, found.mean_load(found.before))


def _propose(points: list[Point], present: int, start: Start) -> tuple[Point | None, Proposal | None]:
    """Return the best threshold that the check accepts, with its policy. None: the present one is the best."""
    for point in proposed_order(points, present, start.load):
        if point.threshold == present:
            return None, None
        try:
            return point, checked(with_threshold(start.text, point.threshold), start.file)
        except PolicyError:
            continue
        except NoNumberError as error:
            raise CommandError(
                f"{start.file}: {error} is not written as a number, so no other can be proposed"
            ) from None
    return None, None


def _section(points: list[Point], present: int, proposed: Point | None, load: LoadRange) -> Section:
    now = next(point for point in points if point.threshold == present)
    is_good = load.least <= now.per_rep_week <= load.most
    first = f"The present threshold {present} gives {now.per_rep_week:.1f} MQLs per rep and week, the range is {load}."
    if proposed is None:
        what = (
            "It is within the range."
            if is_good
            else "No other threshold that the check accepts comes nearer."
        )
    else:
        what = f"Proposed: {proposed.threshold}, with about {proposed.per_rep_week:.1f}."
    rows = []
    for point in points:
        mark = "present" if point is now else ""
        if point is proposed:
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


def _chart(points: list[Point], load: LoadRange) -> Element:
    return lines(
        [str(point.threshold) for point in points],
        [Series("MQLs per rep and week", [round(point.per_rep_week, 2) for point in points])],
        f"MQLs per rep and week by threshold; the green band is {load}",
        (float(load.least), float(load.most)),
    )
