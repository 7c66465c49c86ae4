"""The visit filter: drops events of robots and heartbeats, which are not visits of people.

Such an event identifies no visitor, gives no points and is not a dead letter. An event that names neither a robot nor a
user agent is a visit. A robot is one of the policy's patterns, or one of the kept list behind them. Of the kept list,
programs that fetch pages may still send a form that asks for a person: a server may pass it on under its own name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from schemas.chat_conversations import ChatTurn
from schemas.web_activity import WebActivity
from workers.visitors.input_events import asks_for_a_person
from workers.visitors.known_robots import is_program, is_robot

if TYPE_CHECKING:
    from workers.policy.no_visits import NoVisits
    from workers.visitors.input_events import InputEvent

_CACHED_RESULTS: Final = 10_000
"""Most user agents in the cache. A site sees the same user agents many times."""


class VisitFilter:
    """The policy's section `no_visits`, precompiled."""

    def __init__(self, policy: NoVisits) -> None:
        self._activities = frozenset(policy.activities)
        self._robots = policy.robots
        self._drops_known_robots = policy.known_robots == "drop"
        self._robot_of = lru_cache(maxsize=_CACHED_RESULTS)(self._find_robot)

    def is_no_visit(self, event: InputEvent) -> bool:
        """Whether the event is not the visit of a person. A chat turn always is one."""
        if isinstance(event, ChatTurn):
            return False
        if event.is_bot or (event.user_agent is not None and self._is_robot(event, event.user_agent)):
            return True
        return isinstance(event, WebActivity) and event.activity in self._activities

    def _is_robot(self, event: InputEvent, user_agent: str) -> bool:
        robot = self._robot_of(user_agent)
        return robot == "robot" or (robot == "program" and not asks_for_a_person(event))

    def _find_robot(self, user_agent: str) -> Literal["robot", "program"] | None:
        if self._robots.match(user_agent) is not None:
            return "robot"
        if not self._drops_known_robots or not is_robot(user_agent):
            return None
        return "program" if is_program(user_agent) else "robot"
