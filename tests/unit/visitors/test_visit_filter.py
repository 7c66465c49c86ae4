from __future__ import annotations

from typing import Any

import pytest

from tests.edge import DAY, KEY, NOON, Partition, activity, form, policy_with
from workers.visitors.agent import spec
from workers.visitors.rows import CountRow, HistoryRow

ADA = "ada@bank.com"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CUBOT = "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/144.0 Mobile Safari/537.36"


def partition(*changes: tuple[str, str]) -> Partition:
    return Partition(spec(KEY, 1), policy=policy_with(*changes))


def counted(visitors: Partition) -> int:
    return sum(row.no_visits for _, row in visitors.rows(CountRow))


@pytest.mark.parametrize(
    ("fields", "is_visit"),
    [
        pytest.param({}, True, id="names no sender"),
        pytest.param({"is_bot": True}, False, id="marked by its sender"),
        pytest.param({"user_agent": GOOGLE}, False, id="Google"),
        pytest.param({"user_agent": GOOGLE.upper()}, False, id="in capitals"),
        pytest.param({"user_agent": CUBOT}, True, id="a telephone called Cubot"),
        pytest.param({"user_agent": ""}, True, id="an empty name"),
        pytest.param({"activity": "heartbeat"}, False, id="a heartbeat"),
        pytest.param({"activity": "heartbeats_watched"}, True, id="another activity"),
    ],
)
def test_robots_and_heartbeats_are_not_visits(fields: dict[str, Any], is_visit: bool) -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", anonymous_id="x", **fields))
    assert len(visitors.rows(HistoryRow)) == is_visit
    assert counted(visitors) == (not is_visit)


def test_a_robot_that_fills_a_form_does_not_become_a_lead() -> None:
    visitors = partition()
    assert visitors.send("form.fills", form("f1", email=ADA, is_bot=True)) == []
    assert counted(visitors) == 1


def test_a_robots_old_or_repeated_event_is_neither_a_dead_letter_nor_a_repeat() -> None:
    visitors = partition()
    for _ in range(2):
        value = activity("a1", NOON - 30 * DAY, anonymous_id="x", is_bot=True)
        assert visitors.send("web.activity", value, arrives_at=NOON) == []
    ((_, row),) = visitors.rows(CountRow)
    assert (row.no_visits, row.repeated) == (2, 0)


def test_the_policy_decides_which_activities_are_not_visits() -> None:
    visitors = partition(
        ("[heartbeat, ping]", "[page_view]"), ("when: {activity: page_view", "when: {activity: seen")
    )
    visitors.send("web.activity", activity("a1", anonymous_id="x"))
    visitors.send("web.activity", activity("a2", anonymous_id="x", activity="heartbeat"))
    assert (counted(visitors), len(visitors.rows(HistoryRow))) == (1, 1)


def test_an_empty_list_of_robots_drops_none() -> None:
    listed = '["*bot/*", "*bot;*", "*crawler*", "*spider*", "*slurp*", "*headlesschrome*", "*lighthouse*", "curl/*"]'
    visitors = partition((listed, "[]"))
    visitors.send("web.activity", activity("a1", anonymous_id="x", user_agent=GOOGLE))
    assert len(visitors.rows(HistoryRow)) == 1
