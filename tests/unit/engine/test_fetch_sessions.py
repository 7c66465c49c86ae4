"""A fetch of a session names what has changed, and the session ends after errors."""

from __future__ import annotations

from typing import Any

from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v11, FetchResponse_v11

from workers.engine.fetch_sessions import FetchSession

NOT_FOUND = 70
MOST = 1 << 20


def complete(offsets: dict[tuple[str, int], int]) -> FetchRequest:
    """Return a request as aiokafka makes it: it names every partition."""
    topics: dict[str, list[tuple[int, int, int]]] = {}
    for (topic, partition), offset in offsets.items():
        topics.setdefault(topic, []).append((partition, offset, MOST))
    return FetchRequest(200, 1, 1 << 25, 1, list(topics.items()))


def sent(session: FetchSession, offsets: dict[tuple[str, int], int]) -> tuple[int, int, dict[Any, int], Any]:
    """Return what is sent: session id, epoch, offsets and forgotten partitions."""
    struct: Any = session.request(complete(offsets)).prepare({1: (4, 11)})
    assert isinstance(struct, FetchRequest_v11)
    struct.encode()
    asked = {(topic, p): offset for topic, of in struct.topics for p, _, offset, _, _ in of}
    return struct.session_id, struct.session_epoch, asked, struct.forgotten_topics_data


def answer(session_id: int, error_code: int = 0) -> FetchResponse_v11:
    return FetchResponse_v11(0, error_code, session_id, [])


def test_a_request_names_only_what_has_changed() -> None:
    session = FetchSession()
    assert sent(session, {("a", 0): 5, ("a", 1): 7, ("b", 0): 0}) == (
        0,
        0,
        {("a", 0): 5, ("a", 1): 7, ("b", 0): 0},
        [],
    )
    assert session.accept(answer(9))
    assert sent(session, {("a", 0): 5, ("a", 1): 8, ("b", 0): 0}) == (9, 1, {("a", 1): 8}, [])
    assert session.accept(answer(9))
    assert sent(session, {("a", 1): 8}) == (9, 2, {}, [("a", [0]), ("b", [0])])
    assert session.accept(answer(9))
    assert sent(session, {("a", 0): 5, ("a", 1): 8}) == (9, 3, {("a", 0): 5}, [])


def test_a_session_that_the_broker_has_forgotten_begins_again_with_all_partitions() -> None:
    session = FetchSession()
    offsets = {("a", 0): 5, ("a", 1): 7}
    sent(session, offsets)
    assert session.accept(answer(9))
    sent(session, offsets)
    assert not session.accept(answer(0, NOT_FOUND))
    assert sent(session, offsets) == (9, 0, offsets, [])


def test_each_request_names_all_partitions_while_the_broker_accepts_no_session() -> None:
    session = FetchSession()
    for _ in range(2):
        assert sent(session, {("a", 0): 5}) == (0, 0, {("a", 0): 5}, [])
        assert session.accept(answer(0))


def test_after_an_error_the_next_request_names_all_partitions() -> None:
    session = FetchSession()
    sent(session, {("a", 0): 5})
    assert session.accept(answer(9))
    sent(session, {("a", 0): 6})
    session.reset()
    assert sent(session, {("a", 0): 6}) == (9, 0, {("a", 0): 6}, [])


def test_a_broker_without_sessions_gets_all_partitions() -> None:
    session = FetchSession()
    struct: Any = session.request(complete({("a", 0): 5})).prepare({1: (4, 6)})
    struct.encode()
    assert struct.topics == [("a", [(0, 5, -1, MOST)])]
