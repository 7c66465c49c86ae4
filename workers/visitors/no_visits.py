"""Is it a visit at all? Robots and heartbeats are none: they name nobody, earn nothing, and are no dead letters.

In: an event as it came. Out: whether it is one. An event that says nothing of what sent it is a visit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from schemas.chat_conversations import ChatTurn
from schemas.web_activity import WebActivity

if TYPE_CHECKING:
    from schemas.form_fills import FormFill
    from workers.policy.no_visits import NoVisits

_KEPT_ANSWERS: Final = 10_000
"""Latest answers kept: a site sees the same user agents again and again."""


class Visits:
    """What the policy calls no visit, made ready once."""

    def __init__(self, policy: NoVisits) -> None:
        self._activities = frozenset(policy.activities)
        self._robots = policy.robots
        self._is_robot = lru_cache(maxsize=_KEPT_ANSWERS)(self._matches)

    def is_none(self, said: WebActivity | FormFill | ChatTurn) -> bool:
        """Whether nobody did this; who chats is somebody."""
        if isinstance(said, ChatTurn):
            return False
        if said.is_bot or (said.user_agent is not None and self._is_robot(said.user_agent)):
            return True
        return isinstance(said, WebActivity) and said.activity in self._activities

    def _matches(self, user_agent: str) -> bool:
        return self._robots.match(user_agent) is not None
