"""How every client of this process reaches Kafka, and what the broker says of itself."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from workers.settings import Security, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY_MS = 86_400_000


def client_args(settings: Settings) -> dict[str, Any]:
    """Return the arguments of every aiokafka client: address and security."""
    args: dict[str, Any] = {"bootstrap_servers": settings.bootstrap, "security_protocol": str(settings.security)}
    if settings.security is not Security.PLAINTEXT:
        args["ssl_context"] = ssl.create_default_context(cafile=str(settings.ssl_cafile) if settings.ssl_cafile else None)
    if settings.security is Security.SASL_SSL and settings.sasl_password is not None:
        args |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_user,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    return args


async def cluster_facts(client: dict[str, Any], changelogs: Iterable[str]) -> tuple[str, dict[str, int]]:
    """Return the cluster's id and each changelog's ``delete.retention.ms``.

    Raises what aiokafka raises where the broker cannot be reached.
    """
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        cluster = await admin.describe_cluster()
        found = dict.fromkeys(changelogs, _DAY_MS)
        wanted = [ConfigResource(ConfigResourceType.TOPIC, name, {"delete.retention.ms": None}) for name in found]
        for response in await admin.describe_configs(wanted):
            for _, _, _, name, entries in response.resources:
                for entry in entries:
                    if entry[0] == "delete.retention.ms":
                        found[name] = int(entry[1])
        return str(cluster.get("cluster_id")), found
    finally:
        await admin.close()
