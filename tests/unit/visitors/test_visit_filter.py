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
        pytest.param({}, True, id="says nothing of its sender"),
        pytest.param({"is_bot": True}, False, id="its sender knows"),
        pytest.param({"user_agent": GOOGLE}, False, id="Google"),
        pytest.param({"user_agent": GOOGLE.upper()}, False, id="in capitals"),
        pytest.param({"user_agent": CUBOT}, True, id="a telephone called Cubot"),
        pytest.param({"user_agent": ""}, True, id="an empty name"),
        pytest.param({"activity": "heartbeat"}, False, id="a heartbeat"),
        pytest.param({"activity": "heartbeats_watched"}, True, id="another word"),
    ],
)
def test_what_is_a_visit(fields: dict[str, Any], is_visit: bool) -> None:
    visitors = partition()
    visitors.say("web.activity", activity("a1", anonymous_id="x", **fields))
    assert len(visitors.rows(HistoryRow)) == is_visit
    assert counted(visitors) == (not is_visit)


def test_a_robot_that_fills_a_form_becomes_nobody() -> None:
    visitors = partition()
    assert visitors.say("form.fills", form("f1", email=ADA, is_bot=True)) == []
    assert counted(visitors) == 1


def test_a_robot_with_an_old_date_or_twice_is_no_dead_letter_and_no_repeat() -> None:
    visitors = partition()
    for _ in range(2):
        value = activity("a1", NOON - 30 * DAY, anonymous_id="x", is_bot=True)
        assert visitors.say("web.activity", value, arrives_at=NOON) == []
    ((_, row),) = visitors.rows(CountRow)
    assert (row.no_visits, row.repeated) == (2, 0)


def test_the_policy_decides_what_is_no_visit() -> None:
    visitors = partition(
        ("[heartbeat, ping]", "[page_view]"), ("when: {activity: page_view", "when: {activity: seen")
    )
    visitors.say("web.activity", activity("a1", anonymous_id="x"))
    visitors.say("web.activity", activity("a2", anonymous_id="x", activity="heartbeat"))
    assert (counted(visitors), len(visitors.rows(HistoryRow))) == (1, 1)


def test_an_empty_list_of_robots_drops_none() -> None:
    listed = '["*bot/*", "*bot;*", "*crawler*", "*spider*", "*slurp*", "*headlesschrome*", "*lighthouse*", "curl/*"]'
    visitors = partition((listed, "[]"))
    visitors.say("web.activity", activity("a1", anonymous_id="x", user_agent=GOOGLE))
    assert len(visitors.rows(HistoryRow)) == 1
