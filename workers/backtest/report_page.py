"""The report of a backtest as one HTML file without references to others.

In: the sections of the report and the comparison. Out: the text of the page. Its charts are part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from workers.backtest.charts import Series, bars, intervals, lines

if TYPE_CHECKING:
    from workers.backtest.changed_lead_lines import LeadWords
    from workers.backtest.comparison import Comparison
    from workers.backtest.report_sections import LoadRange, Section

Charts = dict[str, Callable[[], Sequence[Element]]]

_DAY_SECONDS: Final = 86_400
_HOUR: Final = 3_600
_TOUCH_HOURS: Final = (0.5, 1, 2, 4, 8, 24, 48, 96)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .4rem;border-bottom:1px solid #ccc}"
    "p{margin:.3rem 0}table{border-collapse:collapse;margin:.8rem 0;font-size:.92rem}"
    "th,td{border-bottom:1px solid #ddd;padding:.25rem .7rem;text-align:right;vertical-align:top}"
    "th:first-child,td:first-child,.text th,.text td{text-align:left}th{background:#f3f5f7}"
    "figure{margin:.8rem 0}figcaption{font-weight:600;font-size:.92rem}.chart{width:100%;max-width:46rem;height:auto;margin:.6rem 0;font-family:system-ui,sans-serif}"
    "@media print{body{margin:0;max-width:none}h2{break-after:avoid}svg,table{break-inside:avoid}}"
)


def page_of(title: Sequence[str], sections: Sequence[Section], charts: Charts) -> str:
    """Return the page.

    Args:
        title: the first heading, and the lines below it.
        sections: the sections in their order.
        charts: a function for the charts of each name that a section may have.
    """
    page = Element("html", {"lang": "en"})
    head, body = SubElement(page, "head"), SubElement(page, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width"})
    SubElement(head, "title").text = title[0]
    SubElement(head, "style").text = _STYLE
    SubElement(body, "h1").text = title[0]
    for line in title[1:]:
        SubElement(body, "p").text = line
    for section in sections:
        SubElement(body, "h2").text = section.title
        for sentence in section.sentences:
            SubElement(body, "p").text = sentence
        if section.chart in charts:
            for chart in charts[section.chart]():
                figure = SubElement(body, "figure")
                SubElement(figure, "figcaption").text = chart.findtext("title")
                figure.append(chart)
        if section.rows:
            _add_table(body, section)
    return "<!doctype html>\n" + tostring(page, encoding="unicode", method="html") + "\n"


def _add_table(body: Element, section: Section) -> None:
    table = SubElement(body, "table", {"class": "text"} if section.is_text else {})
    row = SubElement(SubElement(table, "thead"), "tr")
    for column in section.columns:
        SubElement(row, "th").text = column
    rows = SubElement(table, "tbody")
    for cells in section.rows:
        row = SubElement(rows, "tr")
        for cell in cells:
            SubElement(row, "td").text = cell


def charts_of(found: Comparison, load: LoadRange, words: LeadWords) -> Charts:
    """Return the charts of a comparison."""
    return {
        "mqls": lambda: [_mqls(found)],
        "load": lambda: _loads(found, load, words),
        "queues": lambda: _queues(found),
        "touches": lambda: [_touches(found)],
        "results": lambda: [_results(found)],
    }


def _mqls(found: Comparison) -> Element:
    labels = [
        "both policies",
        "only the present one",
        "only the new one",
    ]
    values = [found.before.mqls - found.lost_mqls, found.lost_mqls, found.new_mqls]
    return bars(labels, [Series("leads that become MQLs", values)], "Leads that become MQLs")


def _loads(found: Comparison, load: LoadRange, words: LeadWords) -> list[Element]:
    """Return the mean of each rep, and the mean of all reps in each week."""
    both = (("present", found.before), ("new", found.after))
    weeks = [one.load.whole_weeks(found.first_ms, found.last_ms) for _, one in both]
    if not weeks[0] or not weeks[1]:
        return []
    reps = sorted(found.load_reps(), key=words.rep)
    band = (float(load.least), float(load.most))
    by_rep = [
        Series(name, [sum(one.load.rep_weeks([rep], days)) / len(days) for rep in reps])
        for (name, one), days in zip(both, weeks, strict=True)
    ]
    by_week = [
        Series(name, [sum(one.load.rep_weeks(reps, [day])) / max(1, len(reps)) for day in days])
        for (name, one), days in zip(both, weeks, strict=True)
    ]
    names = [words.rep(rep).split(" ")[0] for rep in reps]
    return [
        bars(names, by_rep, f"MQLs a week by rep; the green band is {load}", band),
        lines([f"{day:%d %b}" for day in weeks[1]], by_week, "MQLs per rep, by week", band),
    ]


def _queues(found: Comparison) -> list[Element]:
    out = []
    for desk in sorted(set(found.before.queues) | set(found.after.queues)):
        both = [
            (name, one.queues.get(desk)) for name, one in (("present", found.before), ("new", found.after))
        ]
        if all(queue is None or not queue.longest for _, queue in both):
            continue
        days = sorted({day for _, queue in both if queue for day in queue.by_day})
        days = list(range(days[0], days[-1] + 1))
        labels = [f"{datetime.fromtimestamp(day * _DAY_SECONDS, UTC):%d %b}" for day in days]
        series = [
            Series(name, [queue.by_day.get(day, 0) if queue else 0 for day in days]) for name, queue in both
        ]
        out.append(lines(labels, series, f"Most leads that waited at {desk}, by day"))
    return out


def _touches(found: Comparison) -> Element:
    """Return how many leads were touched within some hours, in percent of those that were touched."""
    series = []
    for name, one in (("present", found.before), ("new", found.after)):
        total = len(one.touch_seconds)
        series.append(
            Series(
                name,
                [
                    round(100 * sum(at <= hours * _HOUR for at in one.touch_seconds) / total)
                    if total
                    else None
                    for hours in _TOUCH_HOURS
                ],
            )
        )
    return bars(
        [f"{hours:g} h" for hours in _TOUCH_HOURS], series, "Touched within this time, percent of the touched"
    )


def _results(found: Comparison) -> Element:
    rows = []
    for label, share_of, of_won in (
        ("MQLs that converted", found.precision, False),
        ("converted leads that were MQLs", found.recall, False),
        ("MQLs that were won", found.precision, True),
        ("won leads that were MQLs", found.recall, True),
    ):
        for colour, (name, one) in enumerate((("present", found.before), ("new", found.after))):
            share = share_of(one, of_won=of_won)
            rows.append((f"{label}, {name}", share.value, share.interval, colour))
    return intervals(rows, "Shares with their confidence intervals")
