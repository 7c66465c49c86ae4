"""The monitor over hand-made counts: one alert for an outage, one for its end, and none where nothing is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from workers.silent_sources.hour_plan import HourPlan
from workers.silent_sources.silence_monitor import Change, ChangeKind, SilenceMonitor
from workers.silent_sources.source_names import Source, SourceKind

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) // 3600
GREENWICH = ZoneInfo("UTC")
WEEK = 168
NEW_YORK = ZoneInfo("America/New_York")
PRODUCER = Source(SourceKind.PRODUCER, "form.fills")
DEMO = Source(SourceKind.FORM, "demo")
NEWS = Source(SourceKind.FORM, "news")
OFFICE = 9
Send = Callable[[int, int], int]
"""Events of an hour, by hours since the first Monday and hour of the day."""


def usual(_hour: int, clock: int) -> int:
    return 4 if OFFICE <= clock < OFFICE + 8 else 0


def until(end: int, again: int = 10**6) -> Send:
    return lambda hour, clock: 0 if end <= hour < again else usual(hour, clock)


def run(
    weeks: float,
    forms: dict[Source, Send],
    plan: HourPlan | None = None,
    ends: dict[Source, int] | None = None,
) -> list[Change]:
    monitor = SilenceMonitor(plan or HourPlan(GREENWICH), ends=ends)
    out: list[Change] = []
    for hour in range(round(weeks * WEEK)):
        sent = {source: send(hour, hour % 24) for source, send in forms.items()}
        counts = {**sent, PRODUCER: sum(sent.values())}
        parents = dict.fromkeys(forms, (PRODUCER,))
        out += monitor.close_hour(MONDAY + hour, counts, {**parents, PRODUCER: ()})
    return out


def kinds(changes: Iterable[Change]) -> list[tuple[ChangeKind, Source]]:
    return [(change.kind, change.source) for change in changes]


def test_a_form_that_stops_is_named_once_and_its_return_once() -> None:
    dead, again = 4 * WEEK + 24, 4 * WEEK + 72
    changes = run(6, {DEMO: until(dead, again), NEWS: usual})
    assert kinds(changes) == [(ChangeKind.SILENT, DEMO), (ChangeKind.SENDS_AGAIN, DEMO)]
    silent, back = changes
    assert MONDAY + dead < silent.since_hour <= MONDAY + dead + OFFICE
    assert silent.at_hour < MONDAY + dead + OFFICE + 8
    assert silent.counted == 0
    assert silent.expected == pytest.approx(4 * (silent.at_hour - silent.since_hour + 1), rel=0.2)
    assert silent.probability < 0.001
    assert MONDAY + again <= back.at_hour < MONDAY + again + OFFICE + 3


def test_a_tenth_of_the_usual_events_is_silence_and_a_half_is_not() -> None:
    since = 4 * WEEK

    def fewer(every: int) -> Send:
        return lambda hour, clock: usual(hour, clock) if hour < since or (hour - since) % every == 0 else 0

    changes = run(6, {DEMO: fewer(11), NEWS: usual})
    assert kinds(changes)[:1] == [(ChangeKind.SILENT, DEMO)]
    assert run(6, {DEMO: fewer(2), NEWS: usual}) == []


def test_nights_and_week_ends_are_not_silent() -> None:
    office = lambda hour, clock: usual(hour, clock) if hour % WEEK < 5 * 24 else 0  # noqa: E731 - one profile
    assert run(6, {DEMO: office, NEWS: usual}) == []


def test_a_weekly_export_is_expected_in_its_hour_only() -> None:
    weekly = lambda hour, clock: 300 if hour % WEEK == 33 else 0  # noqa: ARG005, E731 - Tuesday at 9:00
    assert run(8, {DEMO: weekly, NEWS: usual}) == []


def test_if_all_forms_stop_their_producer_is_reported_alone() -> None:
    dead = 4 * WEEK
    changes = run(4.5, {DEMO: until(dead), NEWS: until(dead)})
    assert kinds(changes) == [(ChangeKind.SILENT, PRODUCER)]


def test_a_form_that_explains_the_fall_of_its_producer_is_reported_alone() -> None:
    dead = 4 * WEEK
    many = lambda hour, clock: 9 * usual(hour, clock) if hour < dead else 0  # noqa: E731
    changes = run(4.5, {DEMO: many, NEWS: usual})
    assert kinds(changes) == [(ChangeKind.SILENT, DEMO)]


def test_a_form_under_a_new_name_is_named_as_the_successor() -> None:
    dead, new = 4 * WEEK, Source(SourceKind.FORM, "demo-v2")
    changes = run(4.5, {DEMO: until(dead), new: lambda h, c: 0 if h < dead else usual(h, c), NEWS: usual})
    assert [(one.source, one.successor) for one in changes] == [(DEMO, new)]


def test_a_holiday_is_not_an_outage() -> None:
    holiday = date(2026, 4, 3)  # the fifth Friday
    closed = (holiday - date(2026, 3, 2)).days * 24
    send = lambda hour, clock: 0 if closed <= hour < closed + 24 else usual(hour, clock) * (hour % WEEK < 120)  # noqa: E731
    assert len(run(4.9, {DEMO: send, NEWS: send})) > 0
    assert run(5, {DEMO: send, NEWS: send}, HourPlan(GREENWICH, days_off=lambda day: day == holiday)) == []
    assert HourPlan(GREENWICH, ("US",)).is_off(date(2026, 7, 3).toordinal())  # Independence Day, observed


def test_a_source_that_ends_on_purpose_is_not_reported() -> None:
    dead = 4 * WEEK
    assert run(5, {DEMO: until(dead), NEWS: usual}, ends={DEMO: MONDAY + dead}) == []


def test_a_source_that_never_returns_is_retired_once_after_three_weeks() -> None:
    changes = run(10, {DEMO: until(4 * WEEK), NEWS: usual})
    assert kinds(changes) == [(ChangeKind.SILENT, DEMO), (ChangeKind.RETIRED, DEMO)]
    assert changes[1].at_hour - changes[1].since_hour == 21 * 24


def test_a_new_source_is_learned_for_two_weeks_first() -> None:
    assert run(2, {DEMO: until(10 * 24), NEWS: usual}) == []


def test_a_rare_source_needs_more_days() -> None:
    rare = lambda hour, clock: int(clock == OFFICE)  # noqa: ARG005, E731 - one a day
    dead = 6 * WEEK
    changes = run(8.5, {DEMO: lambda h, c: rare(h, c) if h < dead else 0, NEWS: usual})
    assert kinds(changes) == [(ChangeKind.SILENT, DEMO)]
    assert 7 * 24 < changes[0].at_hour - (MONDAY + dead) < 16 * 24


def test_hours_are_closed_in_order() -> None:
    monitor = SilenceMonitor(HourPlan(GREENWICH))
    monitor.close_hour(MONDAY, {}, {})
    with pytest.raises(ValueError, match="follows"):
        monitor.close_hour(MONDAY + 2, {}, {})


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 3, 9), 24)]
)
def test_a_day_has_the_hours_that_the_clocks_show(day: date, hours: int) -> None:
    found = HourPlan(NEW_YORK).hours_of(day.toordinal())
    assert len(found) == hours
    assert [found[0][1] % 24, found[-1][1] % 24] == [0, 23]
