"""When a worker without answered heartbeats joins its group again, and when it leaves."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from workers.engine.heartbeats import Heartbeats, Step, _HeartbeatRequest_v3, _StaticHeartbeat

SESSION_S = 10.0


def steps(heartbeats: Heartbeats, seconds: Iterable[int], *, may_be_answered: bool = True) -> dict[int, Step]:
    """Return the steps other than to stay, by the second of the check."""
    found = {at_s: heartbeats.next_step(float(at_s), may_be_answered=may_be_answered) for at_s in seconds}
    return {at_s: step for at_s, step in found.items() if step is not Step.STAY}


def test_a_heartbeat_confirms_the_place_from_when_it_was_sent() -> None:
    heartbeats = Heartbeats(SESSION_S)
    heartbeats.note_confirmed(5.0)
    assert [heartbeats.is_confirmed_since(at_s) for at_s in (4.9, 5.0, 5.1)] == [True, False, False]


def test_a_worker_joins_again_after_each_session_without_an_answer_and_leaves_when_that_has_not_helped() -> (
    None
):
    again = Step.JOIN_AGAIN
    assert steps(Heartbeats(SESSION_S), range(100, 145)) == {
        111: again,
        122: again,
        133: again,
        144: Step.LEAVE,
    }


def test_an_answer_after_the_worker_has_joined_again_ends_the_count() -> None:
    heartbeats = Heartbeats(SESSION_S)
    for start in range(100, 1_000, 12):
        assert Step.LEAVE not in steps(heartbeats, range(start, start + 12)).values()
        heartbeats.note_confirmed(start + 11.0)


def test_a_worker_whose_heartbeats_are_answered_stays() -> None:
    heartbeats = Heartbeats(SESSION_S)
    for at_s in range(100, 200):
        if at_s % 9 == 0:
            heartbeats.note_confirmed(at_s - 1.0)
        assert not steps(heartbeats, [at_s])


def test_a_worker_waits_for_a_broker_that_is_away_and_for_a_rebalance() -> None:
    heartbeats = Heartbeats(SESSION_S)
    assert not steps(heartbeats, range(100, 300), may_be_answered=False)
    assert steps(heartbeats, range(300, 311)) == {310: Step.JOIN_AGAIN}


def test_a_worker_that_was_frozen_gives_its_heartbeats_a_session_to_be_answered() -> None:
    heartbeats = Heartbeats(SESSION_S)
    assert not steps(heartbeats, range(100, 109))
    assert steps(heartbeats, range(200, 212)) == {211: Step.JOIN_AGAIN}


@pytest.mark.parametrize("highest", [3, 4])
def test_a_static_member_names_its_instance_in_each_heartbeat(highest: int) -> None:
    request = _StaticHeartbeat("app", 7, "twin-1", "twin").prepare({12: (0, highest)})
    assert request.encode() == _HeartbeatRequest_v3("app", 7, "twin-1", "twin").encode()
    assert request.encode().endswith(b"\x00\x04twin")
