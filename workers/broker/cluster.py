"""Facts about the cluster and the changelogs, requested once when a worker starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY_MS = 86_400_000


async def cluster_facts(client: dict[str, Any], changelogs: Iterable[str]) -> tuple[str, dict[str, int]]:
    """Return the cluster's id and each changelog's ``delete.retention.ms``.

    Raises:
        aiokafka.errors.KafkaError: the broker cannot be reached.
    """
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        cluster = await admin.describe_cluster()
        found = dict.fromkeys(changelogs, _DAY_MS)
        wanted = [
            ConfigResource(ConfigResourceType.TOPIC, name, {"delete.retention.ms": None}) for name in found
        ]
        for response in await admin.describe_configs(wanted):
            for _, _, _, name, entries in response.resources:
                for entry in entries:
                    if entry[0] == "delete.retention.ms":
                        found[name] = int(entry[1])
        return str(cluster.get("cluster_id")), found
    finally:
        await admin.close()
