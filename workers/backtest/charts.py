"""Charts as SVG elements: groups of bars, a line, and shares with their intervals.

In: numbers and labels. Out: elements of one SVG picture, without scripts, fonts or references to other files. Colours differ in
lightness too, so the charts can be printed and read without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement

COLOURS: Final = ("#9db4c8", "#1f4e79")
"""The colours of the present and of the new policy."""
_STROKES: Final = ("7", "2.5")
"""The widths of their lines. The first is wider, so that it is seen below an equal second line."""
_WIDTH: Final = 720
_LEFT: Final = 60
_TOP: Final = 12
_HEIGHT: Final = 200
_BOTTOM: Final = 46
_BAND: Final = "#e4f0e2"
_MOST_LABELS: Final = 16
_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers with its name. None: no number at this place."""

    name: str
    values: Sequence[float | None]


def bars(
    labels: Sequence[str], series: Sequence[Series], title: str, band: tuple[float, float] | None = None
) -> Element:
    """Return groups of bars, one group for each label.

    Args:
        labels: the labels of the groups.
        series: the bars of each group, at most as many as there are colours.
        title: the description for readers who do not see the picture.
        band: a range that is shaded behind the bars.
    """
    most = max([*(value or 0 for one in series for value in one.values), *(band or ())], default=0)
    picture, scale = _frame(labels, most, title, band)
    step = (_WIDTH - _LEFT) / max(1, len(labels))
    wide = min(40.0, step * 0.8 / max(1, len(series)))
    for number, one in enumerate(series):
        for at, value in enumerate(one.values):
            if value is not None:
                x = _LEFT + step * at + (step - wide * len(series)) / 2 + wide * number
                bar = SubElement(picture, "rect", _box(x, scale.y(value), wide, scale.y(0) - scale.y(value)))
                bar.set("fill", COLOURS[number])
                SubElement(bar, "title").text = f"{labels[at]}, {one.name}: {value:,.6g}"
    _legend(picture, [one.name for one in series])
    return picture


def lines(
    labels: Sequence[str], series: Sequence[Series], title: str, band: tuple[float, float] | None = None
) -> Element:
    """Return lines through the values of each label. The arguments are those of :func:`bars`."""
    most = max([*(value or 0 for one in series for value in one.values), *(band or ())], default=0)
    picture, scale = _frame(labels, most, title, band)
    step = (_WIDTH - _LEFT) / max(1, len(labels))
    for number, one in enumerate(series):
        points = [
            (_LEFT + step * (at + 0.5), scale.y(value))
            for at, value in enumerate(one.values)
            if value is not None
        ]
        line = SubElement(picture, "polyline", {"points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points)})
        line.attrib |= {"fill": "none", "stroke": COLOURS[number], "stroke-width": _STROKES[number]}
        for at, value in enumerate(one.values):
            if value is not None:
                dot = SubElement(
                    picture,
                    "circle",
                    {"cx": f"{_LEFT + step * (at + 0.5):.1f}", "cy": f"{scale.y(value):.1f}"},
                )
                dot.attrib |= {"r": "3.5", "fill": COLOURS[number]}
                SubElement(dot, "title").text = f"{labels[at]}, {one.name}: {value:,.6g}"
    _legend(picture, [one.name for one in series])
    return picture


def intervals(rows: Sequence[tuple[str, float | None, tuple[float, float], int]], title: str) -> Element:
    """Return shares as dots with their intervals, one row each: label, share, interval, and the number of the colour."""
    high = 26 * len(rows) + 40
    left = 330
    picture = _svg(high, title)
    wide = _WIDTH - left - 20

    def x(share: float) -> str:
        return f"{left + wide * share:.1f}"

    for percent in range(0, 101, 20):
        grid = SubElement(picture, "line", {"x1": x(percent / 100), "x2": x(percent / 100), "y1": "8"})
        grid.attrib |= {"y2": f"{high - 26}", "stroke": "#ddd"}
        _text(picture, left + wide * percent / 100, high - 10, f"{percent}%", anchor="middle")
    for number, (label, share, (low, top), colour) in enumerate(rows):
        y = 22 + 26 * number
        _text(picture, left - 10, y + 4, label, anchor="end")
        whisker = SubElement(picture, "line", {"x1": x(low), "x2": x(top), "y1": f"{y}", "y2": f"{y}"})
        whisker.attrib |= {"stroke": COLOURS[colour], "stroke-width": "6", "stroke-linecap": "round"}
        if share is not None:
            dot = SubElement(picture, "circle", {"cx": x(share), "cy": f"{y}", "r": "5", "fill": "#111"})
            SubElement(dot, "title").text = f"{label}: {share:.1%}, {low:.1%} to {top:.1%}"
    return picture


@dataclass(frozen=True, slots=True)
class _Scale:
    most: float

    def y(self, value: float) -> float:
        return _TOP + _HEIGHT * (1 - value / self.most)


def _frame(
    labels: Sequence[str], most: float, title: str, band: tuple[float, float] | None
) -> tuple[Element, _Scale]:
    step = _step_of(most)
    scale = _Scale(step * max(1, -(-most // step)))
    picture = _svg(_TOP + _HEIGHT + _BOTTOM, title)
    if band is not None:
        low, high = band
        shade = SubElement(
            picture, "rect", _box(_LEFT, scale.y(high), _WIDTH - _LEFT, scale.y(low) - scale.y(high))
        )
        shade.set("fill", _BAND)
    value = 0.0
    while value <= scale.most:
        y = f"{scale.y(value):.1f}"
        grid = SubElement(picture, "line", {"x1": f"{_LEFT}", "x2": f"{_WIDTH}", "y1": y, "y2": y})
        grid.set("stroke", "#ddd")
        _text(picture, _LEFT - 8, scale.y(value) + 4, f"{value:,.6g}", anchor="end")
        value += step
    every = -(-len(labels) // _MOST_LABELS)
    wide = (_WIDTH - _LEFT) / max(1, len(labels))
    for at in range(0, len(labels), max(1, every)):
        _text(picture, _LEFT + wide * (at + 0.5), _TOP + _HEIGHT + 16, labels[at], anchor="middle")
    return picture, scale


def _step_of(most: float) -> float:
    """Return a round step of a scale with at most five steps."""
    size = 1.0
    while size * 10 * 5 < most:
        size *= 10
    while most and size * 5 > most * 10:
        size /= 10
    return next((size * one for one in _STEPS if size * one * 5 >= most), size * 10)


def _svg(height: float, title: str) -> Element:
    picture = Element("svg", {"viewBox": f"0 0 {_WIDTH} {height:.0f}", "role": "img", "class": "chart"})
    SubElement(picture, "title").text = title
    return picture


def _box(x: float, y: float, width: float, height: float) -> dict[str, str]:
    return {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}


def _text(picture: Element, x: float, y: float, text: str, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "font-size": "12", "fill": "#333"}
    SubElement(picture, "text", place).text = text


def _legend(picture: Element, names: Sequence[str]) -> None:
    y = _TOP + _HEIGHT + 34
    for number, name in enumerate(names):
        x = _LEFT + 130 * number
        box = SubElement(picture, "rect", _box(x, y - 10, 12, 12))
        box.set("fill", COLOURS[number])
        _text(picture, x + 18, y, name, anchor="start")
