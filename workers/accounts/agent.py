"""Declare the accounts hop as an agent of the app.

It reads one log, lead.events. It emits results, requests to the desks' log, and messages between account keys to its own
log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.topics import DESK_REQUESTS, LEAD_EVENTS
from workers.engine.api import AgentSpec, Config, Hop


def spec(make_hop: Callable[[Config], Hop[Any]]) -> AgentSpec:
    """Return the agent. ``make_hop`` creates the hop for one policy version."""
    return AgentSpec(
        name="accounts",
        sources=(LEAD_EVENTS.name,),
        own_log=LEAD_EVENTS.name,
        make_hop=make_hop,
        is_edge=False,
        upstream=("visitors", "directory"),
        downstream_logs=(DESK_REQUESTS.name,),
    )
