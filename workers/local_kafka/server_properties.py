"""The configuration of the local broker: ports, folders, and limits small enough for a laptop.

In: a data folder and two ports. Out: the text of `server.properties`. The broker listens on 127.0.0.1 only.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

TOPICS: Final = "topics"
DAY_MS: Final = 24 * 60 * 60 * 1000
RETENTION_DAYS: Final = 90
LARGEST_MS: Final = 2**63 - 1
# Below every system's range of ports for outgoing connections. Otherwise a client that retries while the broker is
# down could get the broker's own port and connect to itself.
PORTS: Final = range(20_000, 30_000)
PORT_TRIES: Final = 200


class Ports(NamedTuple):
    """The ports of a broker on 127.0.0.1."""

    broker: int
    controller: int


def free_ports() -> Ports:
    """Return two ports that are free at this moment.

    Raises:
        OSError: no free port was found in `PORTS`.
    """
    with socket.socket() as first, socket.socket() as second:
        return Ports(_bound_port(first), _bound_port(second))


def ports_of(properties: str) -> Ports:
    """Return the ports in a `server.properties` that this module wrote. Further listeners may follow the first two."""
    listeners = next(line for line in properties.splitlines() if line.startswith("listeners="))
    broker, controller = (int(listener.rsplit(":", 1)[1]) for listener in listeners.split(",")[:2])
    return Ports(broker, controller)


def server_properties(data_dir: Path, ports: Ports, extra: Mapping[str, str]) -> str:
    """Return the configuration of a broker that is its own controller. `extra` overrides the values set here."""
    broker, controller = (f"127.0.0.1:{port}" for port in ports)
    properties = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": controller,
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(data_dir / TOPICS),
        "num.partitions": "8",
        # One broker: Kafka's internal topics have one copy.
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # Few partitions and small buffers: the broker starts in seconds and needs little memory.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "log.cleaner.dedupe.buffer.size": str(2 * 1024 * 1024),
        # The first rebalance starts without delay. A transaction is aborted within a second after its timeout.
        "group.initial.rebalance.delay.ms": "0",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        # After kill -9 a broker registers again only when its old session has expired: 13 s with the default.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # Histories have old timestamps: with the default retention of a week they were deleted within five minutes.
        "log.retention.ms": str(RETENTION_DAYS * DAY_MS),
        "log.message.timestamp.before.max.ms": str(LARGEST_MS),
        **extra,
    }
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _bound_port(probe: socket.socket) -> int:
    for _ in range(PORT_TRIES):
        port = secrets.choice(PORTS)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise OSError(f"no free port on 127.0.0.1 between {PORTS.start} and {PORTS.stop}")
