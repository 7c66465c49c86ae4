"""The agent of one source: the topic that it reads, its log, and the hop that it runs.

Each source has an agent of its own. So a source that is added or removed changes no topics of another agent, and a source
whose partition has stopped holds up no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from schemas.topics import DIRECTORY_EVENTS, VISITOR_EVENTS
from workers.engine.api import AgentSpec
from workers.sources.handle import SourceHop

if TYPE_CHECKING:
    from workers.engine.api import Config, Hop
    from workers.sources.mapping_model import Mapping

AGENT: Final = "source_"
LOG: Final = "source."


def agent_of(source: str) -> str:
    """Return the name of the agent of a source."""
    return AGENT + source


def log_of(source: str) -> str:
    """Return the log of the agent of a source. It holds engine records only."""
    return LOG + source


def spec(mapping: Mapping) -> AgentSpec:
    """Return the agent of a source."""

    def make_hop(_: Config) -> Hop[Any]:
        return SourceHop(mapping)

    return AgentSpec(
        name=agent_of(mapping.source),
        sources=(log_of(mapping.source), mapping.topic),
        own_log=log_of(mapping.source),
        make_hop=make_hop,
        is_edge=True,
        downstream_logs=(VISITOR_EVENTS.name, DIRECTORY_EVENTS.name),
    )
