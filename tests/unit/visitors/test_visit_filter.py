from __future__ import annotations

from typing import Any

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from schemas.form_fills import FormFill
from schemas.web_activity import WebActivity
from tests.edge import DAY, KEY, NOON, Partition, activity, form, policy_with
from tests.unit.visitors.browsers import BROWSERS
from workers.policy.no_visits import NoVisits
from workers.visitors.agent import spec
from workers.visitors.known_robots import NOT_ROBOTS, is_robot
from workers.visitors.rows import CountRow, HistoryRow
from workers.visitors.visit_filter import VisitFilter

ADA = "ada@bank.com"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CUBOT = "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/144.0 Mobile Safari/537.36"

KNOWN = VisitFilter(NoVisits())
UNKNOWN = VisitFilter(NoVisits(known_robots="count"))


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


@pytest.mark.parametrize("user_agent", BROWSERS)
def test_a_real_browser_is_a_visit(user_agent: str) -> None:
    assert not KNOWN.is_no_visit(WebActivity.model_validate(activity("a1", user_agent=user_agent)))


@pytest.mark.parametrize(
    "user_agent",
    [
        pytest.param("Mozilla/5.0 (compatible; Barkrowler/0.9; +https://babbar.tech)", id="a crawler"),
        pytest.param("ia_archiver (+http://www.alexa.com/site/help/webmasters)", id="an archive"),
        pytest.param("Mozilla/5.0 (compatible; proximic; +http://www.comscore.com)", id="of advertising"),
        pytest.param("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", id="a preview in a chat"),
        pytest.param("Feedly/1.0 (+http://www.feedly.com/fetcher.html)", id="a feed reader"),
        pytest.param("Site24x7", id="monitoring"),
        pytest.param("Go-http-client/2.0", id="a program"),
    ],
)
def test_a_robot_that_no_pattern_of_the_policy_names_is_known_by_the_kept_list(user_agent: str) -> None:
    event = WebActivity.model_validate(activity("a1", user_agent=user_agent))
    assert KNOWN.is_no_visit(event)
    assert not UNKNOWN.is_no_visit(event)


def test_every_example_of_the_kept_list_is_a_robot() -> None:
    missed = {
        one["pattern"]
        for one in CRAWLER_USER_AGENTS_DATA
        for user_agent in one["instances"]
        if not is_robot(user_agent)
    }
    assert missed == NOT_ROBOTS


def test_a_server_may_pass_on_a_form_that_asks_for_a_person() -> None:
    fields = {"email": ADA, "user_agent": "Go-http-client/2.0"}
    asks, fetches = (
        FormFill.model_validate(form("f1", request=one, **fields)) for one in ("demo", "content")
    )
    crawls = FormFill.model_validate(form("f1", request="demo", email=ADA, user_agent="Barkrowler/0.9"))
    assert [KNOWN.is_no_visit(one) for one in (asks, fetches, crawls)] == [False, True, True]


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
    visitors = partition((listed, "[]\n  known_robots: count"))
    visitors.send("web.activity", activity("a1", anonymous_id="x", user_agent=GOOGLE))
    assert len(visitors.rows(HistoryRow)) == 1
