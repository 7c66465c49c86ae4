"""The page "week": what marketing handed over and what sales did with it, for the meeting of both sides.

In: the hand-offs made in one week of the calendar (ISO 8601, UTC). Out: MQLs and answers by rep, the times between the steps
by desk and source, acceptance by rule, and the share of companies that the CRM knows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from schemas.vocabulary import Kind
from workers.console.page import Asked, Page
from workers.console.pages.week_handoffs import MOST_HANDOFFS, WeekHandoff, handoffs_between

MOST_GROUPS: Final = 10
MOST_RULES: Final = 20
RANGE: Final = (5, 10)
"""The fewest and the most MQLs that a rep should get in a week, as sales teams usually agree."""
_DAY_MS: Final = 86_400_000
_WEEK_MS: Final = 7 * _DAY_MS
_STEPS: Final[tuple[tuple[str, Callable[[WeekHandoff], tuple[int | None, int | None]]], ...]] = (
    ("captured to identified", lambda one: (one.captured_ms, one.identified_ms)),
    ("identified to eligible", lambda one: (one.identified_ms, one.eligible_ms)),
    ("eligible to decided", lambda one: (one.eligible_ms, one.decided_ms)),
    ("decided to accepted", lambda one: (one.decided_ms, one.accepted_ms)),
    ("decided to first touch", lambda one: (one.decided_ms, one.touched_ms)),
)


@dataclass(frozen=True, slots=True)
class Rep:
    """The hand-offs of one rep in the week, and their results. ``late``: answered late, or not answered and overdue."""

    name: str
    handoffs: int
    mqls: int
    accepted: int
    refused: int
    in_time: int
    late: int
    is_outside: bool
    """Whether the MQLs of a whole week are fewer than 5 or more than 10."""


@dataclass(frozen=True, slots=True)
class Span:
    """The times between two steps. Milliseconds. ``count``: hand-offs that have both steps."""

    step: str
    count: int
    p50_ms: int
    p90_ms: int
    p95_ms: int


@dataclass(frozen=True, slots=True)
class Group:
    """The hand-offs of one desk or source."""

    name: str
    count: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """How many of the hand-offs to which a rule or a gate gave points were accepted."""

    rule: str
    handoffs: int
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class Week:
    """The view of the page. ``later``: the next week, unless it has not begun. ``is_cut``: only the first 5,000 hand-offs count."""

    name: str
    first_ms: int
    last_ms: int
    earlier: str
    later: str | None
    count: int
    mqls: int
    matched: int
    late: int
    refused: int
    is_cut: bool
    reps: tuple[Rep, ...]
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]


def load(connection: sqlite3.Connection, asked: Asked) -> Week | None:
    """Read the page. None: the query names no week."""
    today = datetime.fromtimestamp(asked.now_ms / 1_000, UTC).date()
    monday = _monday(asked.query.get("week"), today)
    if monday is None:
        return None
    first_ms = round(datetime.combine(monday, time(), UTC).timestamp() * 1_000)
    handoffs = handoffs_between(connection, first_ms, min(first_ms + _WEEK_MS, asked.now_ms + 1))
    next_monday = monday + timedelta(days=7)
    return Week(
        _name(monday),
        first_ms,
        first_ms + _WEEK_MS - _DAY_MS,
        _name(monday - timedelta(days=7)),
        _name(next_monday) if next_monday <= today else None,
        len(handoffs),
        sum(one.kind == Kind.MQL for one in handoffs),
        sum(one.is_matched for one in handoffs),
        sum(_is_late(one, asked.now_ms) for one in handoffs),
        sum(one.refused_ms is not None for one in handoffs),
        len(handoffs) == MOST_HANDOFFS,
        _reps(handoffs, asked.now_ms, is_over=next_monday <= today),
        _groups(handoffs),
        _rules(handoffs),
    )


def _monday(week: str | None, today: date) -> date | None:
    """Return the Monday of a week such as 2026-W10, or of the present week if none is named."""
    if week is None:
        return today - timedelta(days=today.weekday())
    try:
        return datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day has no zone
    except (ValueError, OverflowError):
        return None


def _name(monday: date) -> str:
    return f"{monday:%G-W%V}"


def _is_late(one: WeekHandoff, now_ms: int) -> bool:
    """Whether the first answer came after the deadline, or is overdue. An acceptance or a refusal is an answer too."""
    if one.due_ms is None:
        return False
    answers = [at for at in (one.touched_ms, one.accepted_ms, one.refused_ms) if at is not None]
    return min(answers, default=now_ms) > one.due_ms


def _reps(handoffs: list[WeekHandoff], now_ms: int, *, is_over: bool) -> tuple[Rep, ...]:
    names = {one.rep_id: one.rep for one in handoffs if one.rep_id}
    found = []
    for rep_id, name in names.items():
        own = [one for one in handoffs if one.rep_id == rep_id]
        late = sum(_is_late(one, now_ms) for one in own)
        mqls = sum(one.kind == Kind.MQL for one in own)
        answered = [one for one in own if one.touched_ms or one.accepted_ms or one.refused_ms]
        found.append(
            Rep(
                name,
                len(own),
                mqls,
                sum(one.accepted_ms is not None for one in own),
                sum(one.refused_ms is not None for one in own),
                sum(not _is_late(one, now_ms) for one in answered),
                late,
                mqls > RANGE[1] or (is_over and mqls < RANGE[0]),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.handoffs, one.name)))


def _groups(handoffs: list[WeekHandoff]) -> tuple[Group, ...]:
    """Return the times of all hand-offs, then of each desk and of each source, those with most hand-offs first."""
    groups = [_group("all", handoffs)] if handoffs else []
    names: tuple[Callable[[WeekHandoff], str], ...] = (lambda one: one.desk, lambda one: one.source)
    for name_of in names:
        by_name: dict[str, list[WeekHandoff]] = {}
        for one in handoffs:
            by_name.setdefault(name_of(one), []).append(one)
        most = sorted(by_name.items(), key=lambda item: (-len(item[1]), item[0]))
        groups += [_group(name, own) for name, own in most[:MOST_GROUPS]]
    return tuple(groups)


def _group(name: str, handoffs: list[WeekHandoff]) -> Group:
    spans = []
    for step, ends_of in _STEPS:
        ends = [ends_of(one) for one in handoffs]
        taken = sorted(
            max(0, until - since) for since, until in ends if since is not None and until is not None
        )
        if taken:
            spans.append(Span(step, len(taken), *(nearest_rank(taken, part) for part in (50, 90, 95))))
    return Group(name, len(handoffs), tuple(spans))


def nearest_rank(ordered: list[int], percent: int) -> int:
    """Return a percentile by the nearest rank: the smallest value that at least ``percent`` % of the values do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _rules(handoffs: Iterable[WeekHandoff]) -> tuple[Rule, ...]:
    counts: dict[str, list[int]] = {}
    for one in handoffs:
        for rule in one.rules:
            count = counts.setdefault(rule, [0, 0, 0])
            count[0] += 1
            count[1] += one.accepted_ms is not None
            count[2] += one.refused_ms is not None
    found = [Rule(rule, *count) for rule, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.handoffs, one.rule))[:MOST_RULES])


PAGE: Final = Page(name="week", path="/week", title="Week", load=load)
