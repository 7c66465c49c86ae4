"""The visit filter: drops events of robots and heartbeats, which are not visits of people.

Such an event identifies no visitor, gives no points and is not a dead letter. An event that names neither a robot nor a
user agent is a visit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from schemas.chat_conversations import ChatTurn
from schemas.web_activity import WebActivity

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
        self._is_robot = lru_cache(maxsize=_CACHED_RESULTS)(self._matches)

    def is_no_visit(self, event: InputEvent) -> bool:
        """Whether the event is not the visit of a person. A chat turn always is one."""
        if isinstance(event, ChatTurn):
            return False
        if event.is_bot or (event.user_agent is not None and self._is_robot(event.user_agent)):
            return True
        return isinstance(event, WebActivity) and event.activity in self._activities

    def _matches(self, user_agent: str) -> bool:
        return self._robots.match(user_agent) is not None
