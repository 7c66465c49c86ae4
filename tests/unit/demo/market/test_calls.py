"""The demo's sales team calls in office hours, within the half hour that a raised hand allows, and forgets a few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workers.demo.market.calls import calls
from workers.demo.market.personas import Person, Persona
from workers.demo.market.seeded_random import SeededRandom

EAST = ZoneInfo("America/New_York")


def person(persona: Persona = Persona.BUYER) -> Person:
    return Person("Ann", "Lee", "ann@bank.example", persona, None, "CIO", "it", "US")


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-03-03 10:00", "2026-03-03 10:00"),
        ("2026-03-03 06:00", "2026-03-03 08:30"),
        ("2026-03-03 17:30", "2026-03-04 08:30"),
        ("2026-03-06 20:00", "2026-03-09 08:30"),
        ("2026-03-08 12:00", "2026-03-09 08:30"),
    ],
)
def test_a_call_comes_within_the_half_hour_of_office_hours(when: str, opens: str) -> None:
    at = datetime.strptime(when, "%Y-%m-%d %H:%M").replace(tzinfo=EAST).astimezone(UTC)
    expected = datetime.strptime(opens, "%Y-%m-%d %H:%M").replace(tzinfo=EAST)
    made = list(calls(SeededRandom(1), [(person(), at)] * 50))
    waited = {datetime.fromisoformat(one.value["occurred_at"]) - expected for one in made}  # type: ignore[index]
    assert timedelta() < min(waited) <= max(waited) < timedelta(minutes=30)


def test_most_people_are_called_and_a_few_are_forgotten() -> None:
    at = datetime(2026, 3, 3, 15, tzinfo=UTC)
    assert 900 < len(list(calls(SeededRandom(1), [(person(), at)] * 1_000))) < 1_000


def test_a_student_is_never_called() -> None:
    at = datetime(2026, 3, 3, 15, tzinfo=UTC)
    assert list(calls(SeededRandom(1), [(person(Persona.STUDENT), at)])) == []
