"""A time to answer of whole days that is written in hours is noted, because it counts opening hours."""

from __future__ import annotations

from collections.abc import Callable

from workers.policy.checks.deadline_notes import note_deadlines
from workers.policy.document import read
from workers.policy.load import load_policy

Changed = Callable[..., str]


def notes_of(text: str) -> list[tuple[str, str, str]]:
    found = note_deadlines(load_policy(text), read(text, "p.yaml"))
    return [(one.key, one.found, one.expected) for one in found]


def test_a_day_in_hours_is_several_open_days(changed: Changed) -> None:
    assert notes_of(changed(("in_cycle: 2h, service: 4h", "in_cycle: 24h, service: 24h"))) == [
        (
            "desks.customer_service.answer_within",
            "24h are hours of opening time, which are 3 open days",
            "1d may be meant: the same time 1 open day later",
        )
    ]


def test_a_desk_around_the_clock_has_no_note(changed: Changed) -> None:
    hours = 'hours: {mon-fri: "08:30-17:30"}'
    assert (
        notes_of(changed(("inquiry: 8h", "inquiry: 24h"), (hours, 'hours: {mon-sun: "00:00-24:00"}'))) == []
    )


def test_business_days_and_the_shipped_policy_have_no_note(changed: Changed) -> None:
    assert notes_of(changed(("inquiry: 8h", "inquiry: 1d"))) == []
    assert notes_of(changed()) == []


def test_the_time_of_a_partner_is_noted_too(changed: Changed) -> None:
    ((key, found, _),) = notes_of(changed(("answer_within: 16h", "answer_within: 48h")))
    assert key == "partners.island_dealers.answer_within"
    assert found.startswith("48h are hours of opening time")
