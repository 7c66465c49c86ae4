"""The agent `directory`: the topics that it reads, the logs that it writes to, and the hop that it runs."""

from __future__ import annotations

from typing import Any

from schemas.topics import (
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_REPS,
    DEAD_LETTERS,
    DESK_REQUESTS,
    DIRECTORY_EVENTS,
    LEAD_EVENTS,
    PRIVACY_REQUESTS,
    SALES_ACTIVITIES,
)
from workers.directory.handle import DirectoryHop
from workers.engine.api import AgentSpec, Config, Hop
from workers.policy.load import load_held_policy

NAME = "directory"


def spec(lead_id_key: bytes, partitions: int = 1) -> AgentSpec:
    """Return the agent.

    Lead ids are made under the secret ``lead_id_key``. Every topic has ``partitions`` partitions.
    """

    def make_hop(config: Config) -> Hop[Any]:
        return DirectoryHop(load_held_policy(config.text, config.name), lead_id_key, partitions)

    return AgentSpec(
        name=NAME,
        sources=(
            DIRECTORY_EVENTS.name,
            CRM_ACCOUNTS.name,
            CRM_CONTACTS.name,
            CRM_REPS.name,
            SALES_ACTIVITIES.name,
            PRIVACY_REQUESTS.name,
            DEAD_LETTERS.name,
        ),
        own_log=DIRECTORY_EVENTS.name,
        make_hop=make_hop,
        is_edge=True,
        downstream_logs=(LEAD_EVENTS.name, DESK_REQUESTS.name),
        announces_after=(CRM_ACCOUNTS.name, CRM_CONTACTS.name, CRM_REPS.name),
    )
