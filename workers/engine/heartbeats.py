"""Notes which heartbeats the group has answered, and decides when a worker without answers joins again or leaves.

A worker can lose its place in the group without notice, for example while its heartbeats wait in a dead connection. Another
worker then has its partitions. If each of the two opened a partition again after every fence, they would fence each other
without end. So a fenced task opens again only after a heartbeat that was sent after the fence has been answered.

In: the heartbeats of aiokafka's coordinator, and monotonic time in seconds. Out: the time of the latest confirmation, and the
error for which the worker leaves.

A static member names its instance in each heartbeat, which aiokafka 0.14 does not. Otherwise a broker answers UNKNOWN_MEMBER_ID
to the first of two processes with one name. It would join again, and throw the second one out, without end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiokafka.client import ConnectionGroup
from aiokafka.conn import CloseReason
from aiokafka.protocol.api import Request, RequestStruct
from aiokafka.protocol.group import HeartbeatRequest, HeartbeatResponse_v1
from aiokafka.protocol.types import Int32, Schema, String

if TYPE_CHECKING:
    import asyncio

log = structlog.get_logger(__name__)
MOST_REJOINS: Final = 3
"""A worker that has joined its group that many times without an answered heartbeat leaves."""
_FENCED_INSTANCE_ID: Final = 82


class MembershipLostError(Exception):
    """The worker cannot keep its place in the group. The text gives the reason, and what an operator can do."""


class _HeartbeatResponse_v3(HeartbeatResponse_v1):  # noqa: N801 - aiokafka names versions so
    API_VERSION = 3


class _HeartbeatRequest_v3(RequestStruct):  # noqa: N801 - aiokafka names versions so
    API_KEY = 12
    API_VERSION = 3
    RESPONSE_TYPE = _HeartbeatResponse_v3
    SCHEMA = Schema(
        ("group", String("utf-8")),
        ("generation_id", Int32),
        ("member_id", String("utf-8")),
        ("group_instance_id", String("utf-8")),
    )


class _StaticHeartbeat(Request[_HeartbeatRequest_v3]):
    """A heartbeat of a static member. Brokers that have static members know it (2.3)."""

    API_KEY = 12

    def __init__(self, *fields: Any) -> None:
        self._fields = fields

    def build(self, request_struct_class: type[_HeartbeatRequest_v3]) -> _HeartbeatRequest_v3:
        """Return the request to send."""
        return request_struct_class(*self._fields)


class Step(Enum):
    """The next step of a worker, by the answers to its heartbeats."""

    STAY = auto()
    JOIN_AGAIN = auto()
    LEAVE = auto()


@dataclass(slots=True)
class Heartbeats:
    """The heartbeats of one worker. The consumer's thread writes, and the event loop of the tasks reads."""

    session_timeout_s: float
    confirmed_at_s: float = 0.0
    """When the latest heartbeat was sent to which the group has answered that this worker is a member. Monotonic seconds."""
    is_replaced: bool = False
    """Whether another process has joined the group under this worker's instance id."""
    _missed_since_s: float = 0.0
    """The time from which a missing answer counts: the coordinator was known. Monotonic seconds."""
    _checked_at_s: float = 0.0
    """When ``is_overdue`` was called most recently. Monotonic seconds."""
    _rejoins: int = 0
    """How many times the worker has joined again since the latest confirmation."""

    def note_confirmed(self, sent_s: float) -> None:
        """Note a heartbeat that was sent at ``sent_s``, and to which the group has answered that this worker is a member."""
        self.confirmed_at_s = sent_s
        self._rejoins = 0

    def is_confirmed_since(self, at_s: float) -> bool:
        """Whether the group has answered a heartbeat that was sent after ``at_s``."""
        return self.confirmed_at_s > at_s

    def next_step(self, now_s: float, *, may_be_answered: bool) -> Step:
        """Return what the worker must do now. A step to join again is counted as done.

        ``may_be_answered``: whether the coordinator is known and no rebalance is under way. The session counts only while it is.
        It begins again after a pause between two calls: the process was frozen, and its heartbeats with it.
        """
        was_frozen = now_s - self._checked_at_s > self.session_timeout_s / 2
        self._checked_at_s = now_s
        if was_frozen or not may_be_answered:
            self._missed_since_s = now_s
        if now_s - max(self.confirmed_at_s, self._missed_since_s) <= self.session_timeout_s:
            return Step.STAY
        if self._rejoins == MOST_REJOINS:
            return Step.LEAVE
        self._missed_since_s = now_s
        self._rejoins += 1
        return Step.JOIN_AGAIN

    def final_error(
        self, consumer: Any, loop: asyncio.AbstractEventLoop, now_s: float
    ) -> MembershipLostError | None:
        """Return why the worker must leave. If heartbeats are overdue, let the consumer join again in its event loop ``loop``."""
        coordinator = consumer._coordinator  # noqa: SLF001 - aiokafka has no other way
        if consumer._closed or coordinator is None:  # noqa: SLF001 - it stops, or is not connected yet
            return None
        group = coordinator.group_id
        if self.is_replaced:
            name = coordinator._group_instance_id  # noqa: SLF001
            return MembershipLostError(
                f"another process has joined the group {group} as {name}: give each process a LEAD_ROUTER_INSTANCE_ID of its own"
            )
        is_joined = coordinator.generation > 0 and not coordinator._performed_join_prepare  # noqa: SLF001
        step = self.next_step(now_s, may_be_answered=is_joined and coordinator.coordinator_id is not None)
        if step is Step.LEAVE:
            return MembershipLostError(
                f"the group {group} has answered no heartbeat of this worker, although it has joined {MOST_REJOINS} times"
                " again: look at the network between this machine and the brokers, and at their log"
            )
        if step is Step.JOIN_AGAIN:
            log.warning("membership_unconfirmed", session_timeout_s=self.session_timeout_s)
            loop.call_soon_threadsafe(_join_again, coordinator)
        return None


def note_heartbeats(consumer: Any, heartbeats: Heartbeats) -> None:
    """Note the answers to the heartbeats of a started consumer that has not joined its group yet."""
    coordinator = consumer._coordinator  # noqa: SLF001 - aiokafka has no other way
    heartbeat, send = coordinator._do_heartbeat, coordinator._send_req  # noqa: SLF001

    async def do_heartbeat() -> bool:
        sent_s, member_id = time.monotonic(), coordinator.member_id
        is_member: bool = await heartbeat()
        if is_member and coordinator.member_id == member_id:
            heartbeats.note_confirmed(sent_s)
        return is_member

    async def send_request(request: Any) -> Any:
        member_id, instance_id = coordinator.member_id, coordinator._group_instance_id  # noqa: SLF001
        if instance_id is not None and isinstance(request, HeartbeatRequest):
            request = _StaticHeartbeat(coordinator.group_id, coordinator.generation, member_id, instance_id)
        response = await send(request)
        if getattr(response, "error_code", 0) == _FENCED_INSTANCE_ID and coordinator.member_id == member_id:
            heartbeats.is_replaced = True
        return response

    coordinator._do_heartbeat, coordinator._send_req = do_heartbeat, send_request  # noqa: SLF001


def _join_again(coordinator: Any) -> None:
    """Join the group again over another connection: the present one may be dead without notice."""
    connections = coordinator._client._conns  # noqa: SLF001 - aiokafka has no other way
    connection = connections.get((coordinator.coordinator_id, ConnectionGroup.COORDINATION))
    if connection is not None:
        connection.close(reason=CloseReason.CONNECTION_TIMEOUT)
    coordinator.request_rejoin()
