"""What is no visit at all: robots and heartbeats. Counted, and forgotten: it names nobody and earns nothing."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated

from pydantic import Field

from workers.policy.part import Part
from workers.policy.scalars import Name, Text
from workers.policy.text_patterns import compile_globs

ROBOTS = (
    *("*bot/*", "*bot;*", "*crawler*", "*spider*", "*slurp*", "*headlesschrome*", "*lighthouse*"),
    *("*facebookexternalhit*", "*pingdom*", "*uptimerobot*", "curl/*", "wget/*", "python-requests/*"),
)


class NoVisits(Part):
    """Events that are dropped before anybody asks whose they are; an event may also say ``is_bot`` of itself.

    Example: ``no_visits: {activities: [heartbeat, tab_hidden], user_agents: ["*bot/*", "*our-monitor*"]}``
    """

    activities: Annotated[tuple[Name, ...], Field(max_length=50)] = ("heartbeat", "ping")
    """Words of web.activity that a page sends by itself. An empty list: none."""
    user_agents: Annotated[tuple[Text, ...], Field(max_length=200)] = ROBOTS
    """Globs over the user agent that an event names, any case. An empty list: none."""

    @cached_property
    def robots(self) -> re.Pattern[str]:
        """For ``match`` against the whole user agent; without globs never found."""
        return compile_globs(self.user_agents) if self.user_agents else re.compile(r"(?!)")
