"""The agents: for each its topics, its hop, and how the hop is built from a policy. Each mapped source adds one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import workers.accounts.agent
import workers.desks.agent
import workers.directory.agent
import workers.sources.agent
import workers.visitors.agent
from workers.accounts.handle import AccountsHop, TriedPolicy
from workers.desks.handle import DesksHop
from workers.identity.lookup_tables import load_tables
from workers.policy.load import load_held_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engine.api import AgentSpec, Config
    from workers.sources.mapping_model import Mapping

AGENTS = ("visitors", "directory", "accounts", "desks")
"""Names of the agents that every router has, in the order in which an event passes them. The position breaks ties in a replay.

The agents of mapped sources come before them.
"""


def make_specs(lead_id_key: bytes, partitions: int, mappings: Sequence[Mapping] = ()) -> dict[str, AgentSpec]:
    """Return the agents by name. Loads the lookup tables, so that no hop waits for one while it decides.

    Args:
        lead_id_key: the secret from which lead ids are made.
        partitions: the number of partitions of every topic.
        mappings: the sources to map. Their records become inputs of `visitors` and `directory`.
    """
    load_tables()

    def policy_of(config: Config) -> Any:
        return load_held_policy(config.text, config.name)

    sources = [workers.sources.agent.spec(mapping) for mapping in mappings]
    upstream = tuple(source.name for source in sources)
    specs = (
        *sources,
        replace(workers.visitors.agent.spec(lead_id_key, partitions), upstream=upstream),
        replace(workers.directory.agent.spec(lead_id_key, partitions), upstream=upstream),
        workers.accounts.agent.spec(
            lambda config: AccountsHop(policy_of(config), partitions, tried=tried_policy(config))
        ),
        workers.desks.agent.spec(lambda config: DesksHop(policy_of(config))),
    )
    return {spec.name: spec for spec in specs}


def tried_policy(config: Config) -> TriedPolicy | None:
    """Return the policy of a config's canary and its accounts. None: nothing is tried."""
    canary = config.canary
    if canary is None or not canary.share:
        return None
    return TriedPolicy(load_held_policy(canary.text, canary.name), canary.share)
