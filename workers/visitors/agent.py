"""The agent `visitors`: the topics that it reads, the logs that it writes to, and the hop that it runs."""

from __future__ import annotations

from typing import Any

from schemas.topics import CHAT_CONVERSATIONS, FORM_FILLS, LEAD_EVENTS, VISITOR_EVENTS, WEB_ACTIVITY
from workers.engine.api import AgentSpec, Config, Hop
from workers.policy.load import load_held_policy
from workers.visitors.handle import VisitorsHop

NAME = "visitors"


def spec(lead_id_key: bytes, partitions: int) -> AgentSpec:
    """Return the agent.

    Lead ids are made under the secret ``lead_id_key``. Every topic has ``partitions`` partitions.
    """

    def make_hop(config: Config) -> Hop[Any]:
        return VisitorsHop(load_held_policy(config.text, config.name), lead_id_key, partitions)

    return AgentSpec(
        name=NAME,
        sources=(VISITOR_EVENTS.name, WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name),
        own_log=VISITOR_EVENTS.name,
        make_hop=make_hop,
        is_edge=True,
        downstream_logs=(LEAD_EVENTS.name,),
        checked_topics=frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name}),
    )
