"""User agents of known robots, from the kept list crawler-user-agents.

In: a user agent. Out: whether it is a robot's. The policy's own patterns come first and are not tested here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

NOT_ROBOTS: Final = frozenset({"Sogou", "Amazon CloudFront"})
"""Patterns of the list that real visitors match too.

Sogou makes a browser. CloudFront sends its own name in the place of the visitor's user agent.
"""
_LIBRARY: Final = "http-library"


def is_robot(user_agent: str) -> bool:
    """Whether the user agent is that of a known robot, or of a program that fetches pages."""
    return _pattern(is_library=False).search(user_agent) is not None or is_program(user_agent)


def is_program(user_agent: str) -> bool:
    """Whether the user agent is that of an HTTP library. A server that passes forms on has such a one too."""
    return _pattern(is_library=True).search(user_agent) is not None


@cache
def _pattern(*, is_library: bool) -> re.Pattern[str]:
    """Return all patterns of one kind as one. It is compiled on first use, which takes 0.1 seconds."""
    return re.compile(
        "|".join(
            one["pattern"]
            for one in CRAWLER_USER_AGENTS_DATA
            if (_LIBRARY in one["tags"]) is is_library and one["pattern"] not in NOT_ROBOTS
        )
    )
