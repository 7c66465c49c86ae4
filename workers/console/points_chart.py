"""The points of a lead as a step line, beside the threshold: shapes for a picture in SVG.

In: the steps of the points. Out: paths and places in a box of 720 by 200 units. The template draws them; nothing here is markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 200
MOST_STEPS: Final = 500
_LEFT: Final = 40
_RIGHT: Final = WIDTH - 10
_TOP: Final = 12
_BOTTOM: Final = HEIGHT - 24
_LINES: Final = 4
_ABOVE: Final = 1.1


@dataclass(frozen=True, slots=True)
class Step:
    """The points from a time on. ``missing``: how many are missing to the threshold, 0 if it is reached."""

    at_ms: int
    total: int
    missing: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The shapes. ``threshold`` is empty as long as no score was below the threshold, since only those name it."""

    points: str
    threshold: str
    level: int | None
    ticks: tuple[Tick, ...]
    handoffs: tuple[float, ...]
    first_ms: int
    last_ms: int
    left: int = _LEFT
    right: int = _RIGHT
    bottom: int = _BOTTOM


def draw(steps: Sequence[Step], handoffs_ms: Sequence[int], now_ms: int) -> Chart | None:
    """Return the picture of at least one step. Steps are in the order of time; of more than 500 some are left out."""
    if not steps:
        return None
    steps = _thinned(steps)
    first_ms, last_ms = steps[0].at_ms, max(steps[-1].at_ms, now_ms)
    levels = _levels(steps)
    top = max([1, *(one.total for one in steps), *(one for one in levels if one is not None)]) * _ABOVE
    low = min(0, *(one.total for one in steps)) if len(steps) > 1 else min(0, steps[0].total)

    def x(at_ms: int) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (at_ms - first_ms) / max(1, last_ms - first_ms), 1)

    def y(points: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * (points - low) / (top - low), 1)

    times = [x(one.at_ms) for one in steps]
    return Chart(
        points=_stairs(times, [y(one.total) for one in steps], x(last_ms)),
        threshold=_stairs(times, [None if one is None else y(one) for one in levels], x(last_ms)),
        level=levels[-1],
        ticks=tuple(Tick(y(value), str(value)) for value in _values(low, top)),
        handoffs=tuple(x(at_ms) for at_ms in handoffs_ms if first_ms <= at_ms <= last_ms),
        first_ms=first_ms,
        last_ms=last_ms,
    )


def _thinned(steps: Sequence[Step]) -> Sequence[Step]:
    if len(steps) <= MOST_STEPS:
        return steps
    every = -(-len(steps) // MOST_STEPS)
    return [*steps[:-1:every], steps[-1]]


def _levels(steps: Sequence[Step]) -> list[int | None]:
    """Return the threshold at each step. A score that reaches it does not name it, so the last known one holds."""
    known = [one.total + one.missing if one.missing > 0 else None for one in steps]
    level = next((one for one in known if one is not None), None)
    found = []
    for one in known:
        level = level if one is None else one
        found.append(level)
    return found


def _stairs(times: Sequence[float], heights: Sequence[float | None], end: float) -> str:
    parts: list[str] = []
    for at, height in zip(times, heights, strict=True):
        if height is not None:
            parts.append(f"H{at}V{height}" if parts else f"M{at} {height}")
    return "".join(parts) + (f"H{end}" if parts else "")


def _values(low: float, top: float) -> list[int]:
    step = max(1, round((top - low) / _LINES / 5) * 5)
    first = int(low // step) * step
    return [value for value in range(first, int(top) + 1, step) if value >= low]
