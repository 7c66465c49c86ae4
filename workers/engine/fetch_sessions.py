"""Lets a consumer fetch in sessions (KIP-227): a request names only what has changed since the one before.

aiokafka names every partition in every fetch, and the broker answers about each, although most have no records. With 32
partitions and all sources of the router that are some 200 partitions, about a hundred times a second.

In: aiokafka's fetch requests. Out: incremental requests, whose answers have only partitions with news. The broker holds
the session. If it has forgotten it, or after any error, the next request is complete and starts another one. A complete
request also follows each new assignment, because then aiokafka knows the end of no partition. It follows an answer of
which aiokafka drops a part as well, because the broker does not repeat the end of a partition. It does repeat the error of
a partition in each answer, and sends the end when the error has gone.

A session has one request in flight. aiokafka keeps to that for each broker unless ``client_rack`` is set.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from aiokafka.protocol.fetch import FetchRequest
from aiokafka.structs import TopicPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_EPOCH = 0
_LAST_EPOCH = 2**31 - 1
_NO_SESSION = 0
_NONE = 0

Asked = dict[tuple[str, int], tuple[int, int]]
"""The requested partitions, by topic and number: the offset and the most bytes."""


class _SessionRequest(FetchRequest):
    """A fetch request with a session. Brokers before 1.1 have no sessions and get a complete request."""

    def __init__(
        self,
        complete: FetchRequest,
        topics: list[tuple[str, list[tuple[int, int, int]]]],
        session: tuple[int, int],
        forgotten: list[tuple[str, list[int]]],
    ) -> None:
        self.__dict__.update(vars(complete) | {"_topics": topics})
        self._session = session
        self._forgotten = forgotten

    def build(self, request_struct_class: Any) -> Any:
        """Return the request to send."""
        struct: Any = super().build(request_struct_class)
        struct.session_id, struct.session_epoch = self._session
        struct.forgotten_topics_data = self._forgotten
        return struct


class FetchSession:
    """The session at one broker."""

    def __init__(self) -> None:
        self._id = _NO_SESSION
        self._epoch = _FIRST_EPOCH
        self.asked: Asked = {}
        """The partitions of the latest request, before it was made incremental."""
        self.assignment: Any = None
        """The assignment of the latest request."""

    def request(self, complete: FetchRequest) -> FetchRequest:
        """Return the request to send in the place of a complete one."""
        asked: Asked = {
            (topic, partition): (offset, most_bytes)
            for topic, partitions in complete.topics
            for partition, offset, most_bytes in partitions
        }
        known = self.asked if self._epoch != _FIRST_EPOCH else {}
        changed = {at: wanted for at, wanted in asked.items() if known.get(at) != wanted}
        forgotten: dict[str, list[int]] = defaultdict(list)
        for topic, partition in sorted(known.keys() - asked.keys()):
            forgotten[topic].append(partition)
        topics: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for (topic, partition), wanted in changed.items():
            topics[topic].append((partition, *wanted))
        self.asked = asked
        session = self._id, self._epoch
        return _SessionRequest(complete, list(topics.items()), session, list(forgotten.items()))

    def accept(self, answer: Any) -> bool:
        """Note the broker's answer. Return whether it holds records; otherwise a complete request must be sent."""
        if getattr(answer, "error_code", _NONE) != _NONE:
            self.reset()
            return False
        self._id = getattr(answer, "session_id", _NO_SESSION)
        if self._id == _NO_SESSION:  # the broker holds as many sessions as it may
            self._epoch = _FIRST_EPOCH
        else:
            self._epoch = self._epoch + 1 if self._epoch < _LAST_EPOCH else _FIRST_EPOCH + 1
        return True

    def reset(self) -> None:
        """Send a complete request next. It ends this session and starts another one."""
        self._epoch = _FIRST_EPOCH


class SessionClient:
    """aiokafka's client as its fetcher uses it. It turns fetches into those of a session."""

    def __init__(self, client: Any, subscriptions: Any) -> None:
        self._client = client
        self._subscriptions = subscriptions
        self._sessions: dict[int, FetchSession] = defaultdict(FetchSession)
        self.cluster = client.cluster

    def __getattr__(self, name: str) -> Any:
        """Return what the client has: the fetcher uses more of it than requests."""
        return getattr(self._client, name)

    async def send(self, node_id: int, request: Any, **more: Any) -> Any:
        """Send a request, a fetch as one of the session with this broker."""
        if not isinstance(request, FetchRequest):
            return await self._client.send(node_id, request, **more)
        subscription = self._subscriptions.subscription
        assignment = None if subscription is None else subscription.assignment
        session = self._sessions[node_id]
        if session.assignment is not assignment:
            session.assignment = assignment
            session.reset()
        try:
            answer = await self._client.send(node_id, session.request(request), **more)
            if not session.accept(answer):
                answer = await self._client.send(node_id, session.request(request), **more)
                session.accept(answer)
        except BaseException:
            session.reset()
            raise
        if any(_position(assignment, at) != session.asked[at][0] for at in _answered(answer)):
            session.reset()
        return answer


def _position(assignment: Any, at: tuple[str, int]) -> int | None:
    """Return the offset from which the partition is read now. aiokafka drops an answer about another one."""
    state = assignment and assignment.state_value(TopicPartition(*at))
    return state.position if state is not None and state.has_valid_position else None


def _answered(answer: Any) -> Iterator[tuple[str, int]]:
    return ((topic, partition) for topic, partitions in answer.topics for partition, *_ in partitions)


def fetch_in_sessions(consumer: Any) -> None:
    """Let a started consumer fetch in sessions. Other consumers of the process stay as they are."""
    fetcher = consumer._fetcher  # noqa: SLF001 - aiokafka has no setting for it
    fetcher._client = SessionClient(fetcher._client, fetcher._subscriptions)  # noqa: SLF001 - as above
