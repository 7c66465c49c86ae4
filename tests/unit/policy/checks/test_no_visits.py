from __future__ import annotations

from collections.abc import Callable

from workers.policy.load import load_policy
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]


def test_a_rule_for_a_dropped_activity_is_refused(changed: Changed, problems: Problems) -> None:
    (problem,) = problems(changed(("[heartbeat, ping]", "[heartbeat, download]")))
    assert problem.key == "behaviour.rules.paper.when.activity"
    assert problem.found == "download, which no_visits.activities drops"


def test_without_the_section_robots_and_heartbeats_are_dropped(changed: Changed) -> None:
    text = changed()
    begin, end = text.index("no_visits:\n"), text.index("# ---- Personal data that we keep")
    policy = load_policy(text[:begin] + text[end:])
    assert "heartbeat" in policy.no_visits.activities
    assert policy.no_visits.robots.match("curl/8.5.0")
    assert not policy.no_visits.robots.match("Mozilla/5.0 (Macintosh)")
