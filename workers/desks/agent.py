"""Declare the desks as an agent of the app.

It reads one log, desk.requests. It emits answers to the accounts' log and entries to the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.topics import DESK_REQUESTS
from workers.engine.api import AgentSpec, Config, Hop


def spec(make_hop: Callable[[Config], Hop[Any]]) -> AgentSpec:
    """Return the agent. ``make_hop`` creates the hop for one policy version."""
    return AgentSpec(
        name="desks",
        sources=(DESK_REQUESTS.name,),
        own_log=DESK_REQUESTS.name,
        make_hop=make_hop,
        is_edge=False,
        upstream=("accounts", "directory"),
    )
