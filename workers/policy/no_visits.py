"""The model of the ``no_visits`` section: events that no person caused, such as those of robots and heartbeats."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from workers.policy.part import Part
from workers.policy.scalars import Name, Text
from workers.policy.text_patterns import compile_globs

ROBOTS = (
    *("*bot/*", "*bot;*", "*crawler*", "*spider*", "*slurp*", "*headlesschrome*", "*lighthouse*"),
    *("*facebookexternalhit*", "*pingdom*", "*uptimerobot*", "curl/*", "wget/*", "python-requests/*"),
)


class NoVisits(Part):
    """Events that are counted and dropped before they are assigned to a visitor. Events with ``is_bot`` are dropped too.

    Example: ``no_visits: {activities: [heartbeat, tab_hidden], user_agents: ["*bot/*", "*our-monitor*"]}``
    """

    activities: Annotated[tuple[Name, ...], Field(max_length=50)] = ("heartbeat", "ping")
    """Activities of web.activity that a page sends by itself. An empty list drops none."""
    user_agents: Annotated[tuple[Text, ...], Field(max_length=200)] = ROBOTS
    """Glob patterns of user agents, in any case. Events of these agents are dropped. An empty list names none."""

    known_robots: Literal["drop", "count"] = "drop"
    """The treatment of robots on the public list crawler-user-agents. ``drop`` drops their events too.

    Robots make new names for themselves, so a list that others keep is more complete. ``count`` treats them as visits.
    """

    @cached_property
    def robots(self) -> re.Pattern[str]:
        """Return the pattern of robots, for ``match`` on the whole user agent. Without globs it matches nothing."""
        return compile_globs(self.user_agents) if self.user_agents else re.compile(r"(?!)")
