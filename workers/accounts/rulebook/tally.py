"""Arithmetic of counts per rule and day: add an event, move it to another day, remove it, add two leads' counts.

In: counts and events. Out: new counts, in the order of the rules' names, the same in whatever order events arrive.
Counts are integers. It knows no points and no policy.
"""

from __future__ import annotations

from workers.accounts.state.score import RuleCount

Counts = tuple[RuleCount, ...]
_Days = tuple[tuple[int, int], ...]


def count_event(
    counts: Counts, names: tuple[str, ...], day: int, at_ms: int, event_id: str, oldest_day: int
) -> Counts:
    """Return ``counts`` with one event more for each of ``names``. Days before ``oldest_day`` are dropped."""
    made = {found.rule: found for found in counts}
    is_known = True
    for name in names:
        found = made.get(name)
        if found is None:
            is_known = False
            made[name] = RuleCount(name, ((day, 1),), at_ms, event_id)
            continue
        latest = max((at_ms, event_id), (found.at_ms, found.event_id))
        made[name] = RuleCount(name, _on_day(found.days, day, 1, oldest_day), *latest)
    return tuple(made.values()) if is_known else tuple(made[name] for name in sorted(made))


def note_latest(counts: Counts, name: str, at_ms: int, event_id: str) -> Counts:
    """Return ``counts`` with the rule's latest event, where this is later; the number of events stays."""
    return tuple(
        RuleCount(name, found.days, at_ms, event_id)
        if found.rule == name and (at_ms, event_id) > (found.at_ms, found.event_id)
        else found
        for found in counts
    )


def move_event(counts: Counts, name: str, from_day: int, to_day: int | None) -> Counts:
    """Return ``counts`` with one event of a rule moved to another day. ``to_day`` None removes it."""
    made: list[RuleCount] = []
    for found in counts:
        if found.rule != name:
            made.append(found)
            continue
        days = dict(found.days)
        days[from_day] = days.get(from_day, 0) - 1
        if to_day is not None:
            days[to_day] = days.get(to_day, 0) + 1
        left = tuple(sorted((day, times) for day, times in days.items() if times > 0))
        if left:
            made.append(RuleCount(name, left, found.at_ms, found.event_id))
    return tuple(made)


def add_counts(counts: Counts, others: Counts) -> Counts:
    """Return the sum of a lead's counts under two account keys."""
    made = {found.rule: found for found in counts}
    for other in others:
        found = made.get(other.rule)
        if found is None:
            made[other.rule] = other
            continue
        days = found.days
        for day, times in other.days:
            days = _on_day(days, day, times, 0)
        latest = max((other.at_ms, other.event_id), (found.at_ms, found.event_id))
        made[other.rule] = RuleCount(other.rule, days, *latest)
    return tuple(made[name] for name in sorted(made))


def _on_day(days: _Days, day: int, times: int, oldest_day: int) -> _Days:
    last, count = days[-1]
    if last == day and days[0][0] >= oldest_day:
        return (*days[:-1], (day, count + times))
    kept = {on_day: n for on_day, n in days if on_day >= oldest_day}
    kept[day] = kept.get(day, 0) + times
    return tuple(sorted(kept.items()))
