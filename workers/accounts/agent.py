"""The accounts agent: its place among the topics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.topics import DESK_REQUESTS, LEAD_EVENTS
from workers.engine.api import AgentSpec, Config, Hop


def spec(make_hop: Callable[[Config], Hop[Any]]) -> AgentSpec:
    """Return the agent that runs the hop which ``make_hop`` makes of a config."""
    return AgentSpec(
        name="accounts",
        sources=(LEAD_EVENTS.name,),
        own_log=LEAD_EVENTS.name,
        make_hop=make_hop,
        is_edge=False,
        upstream=("visitors", "directory"),
        downstream_logs=(DESK_REQUESTS.name,),
    )
