"""The outputs of a replay of input records, and their order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.engine.api import AgentSpec, Config, DeadLetterEncoder, Emit
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input

Replayed = Callable[..., list[tuple[int, str, str]]]


@pytest.fixture
def replayed(specs: dict[str, AgentSpec], config: Config, dead_letter: DeadLetterEncoder) -> Replayed:
    """Return a function that replays (timestamp, text) records and returns the outputs as (timestamp, key, text)."""

    def run(*inputs: tuple[int, str], until_ms: int = 1_000) -> list[tuple[int, str, str]]:
        emits: list[Emit] = []
        replay = EdgeReplay(specs, config, dead_letter, emits.append)
        for stamp, text in inputs:
            replay.feed(Input("orders", stamp, b"k", text.encode()))
        replay.run_timers(until_ms)
        return [(e.timestamp_ms or 0, (e.key or b"").decode(), (e.value or b"").decode()) for e in emits]

    return run


def test_each_effect_is_handled_first_in_first_out_loops_included_before_the_next_record(
    replayed: Replayed,
) -> None:
    assert replayed((1, "one"), (2, "two")) == [
        (1, "k", "orders: one"),
        (1, "k", "answer to orders: one"),
        (2, "k", "orders: two"),
        (2, "k", "answer to orders: two"),
    ]


def test_a_timer_runs_before_the_next_later_record_and_has_its_due_time_as_timestamp(
    replayed: Replayed,
) -> None:
    emits = replayed((1, "at 50 t"), (49, "before"), (90, "after"))

    assert [line for line in emits if "answer" not in line[2]] == [
        (1, "k", "orders: at 50 t"),
        (49, "k", "orders: before"),
        (50, "t", "alarm"),
        (90, "k", "orders: after"),
    ]


def test_timers_of_all_hops_run_by_due_time_then_hop_rank(replayed: Replayed) -> None:
    emits = replayed((1, "at 300 late"), (2, "set yours at bell"), (3, "at 200 a"))

    alarms = [(stamp, key) for stamp, key, text in emits if text == "alarm"]
    assert alarms == [(200, "a"), (200, "bell"), (300, "late")]


@pytest.mark.parametrize(("until_ms", "is_fired"), [(499, False), (500, True)])
def test_timers_run_up_to_the_end_and_no_further(replayed: Replayed, until_ms: int, is_fired: bool) -> None:
    assert ((500, "t", "alarm") in replayed((1, "at 500 t"), until_ms=until_ms)) is is_fired


def test_long_work_is_done_in_chunks_before_the_next_record(replayed: Replayed) -> None:
    emits = replayed((1, "many 3"), (2, "next"))

    chunks = [line for line in emits if line[2] in {"1", "2", "3"}]
    assert chunks == [(1, "many", "1"), (1, "many", "2"), (1, "many", "3")]
    assert emits.index(chunks[-1]) < emits.index((2, "k", "orders: next"))


def test_a_refused_record_is_a_dead_letter_and_the_other_records_are_handled(replayed: Replayed) -> None:
    emits = replayed((1, "invalid"), (2, "good"))

    assert emits[:2] == [(1, "k", "clerk orders not_json"), (2, "k", "orders: good")]


def test_two_replays_of_one_history_give_the_same_outputs_and_rows(
    specs: dict[str, AgentSpec], config: Config, dead_letter: DeadLetterEncoder
) -> None:
    def run() -> tuple[list[Emit], list[dict[bytes, bytes]]]:
        emits: list[Emit] = []
        replay = EdgeReplay(specs, config, dead_letter, emits.append)
        for at in range(1, 1_500):
            replay.feed(Input("visits", at, b"k", f"at {at + 40} {at}".encode()))
        return emits, replay.rows()

    first, second = run(), run()

    assert first == second
    assert len(first[0]) > 4_000
    assert all(first[1])
