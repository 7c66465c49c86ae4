"""A desk that counts open hand-offs: the fewest first, no more than the limit, and counts that add up in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.desk_requests import MoveWhy
from schemas.desk_work import AccountWork
from schemas.outputs import LedgerEntry
from schemas.vocabulary import PassedOver
from tests.unit.desks.world import (
    DESK,
    answers,
    ask,
    give_back,
    lines,
    policy_with,
    raise_hand,
    rep,
    takers,
    team,
)
from workers.desks.ledger_audit import audit
from workers.desks.rows import WorkRow

TURN = "when_rejected: give_back"
FEWEST = policy_with((TURN, f"{TURN}, by: fewest_open"))
AT_MOST_TWO = policy_with((TURN, f"{TURN}, most_open: 2"))


def work(number: int, rep_id: str | None, count: int, desk: str = DESK) -> AccountWork:
    return AccountWork(desk=desk, account_key=f"domain:bank{number}.example", rep_id=rep_id, open=count)


def test_the_rep_with_the_fewest_open_hand_offs_is_next_and_turns_decide_between_equals() -> None:
    world = team(rep("a"), rep("b"), rep("c"), policy=FEWEST)
    assert takers(world.send(*[ask(number) for number in range(3)])) == "a b c"
    world.send(work(1, None, 0))
    assert takers(world.send(ask(3))) == "b"
    assert takers(world.send(ask(4))) == "c"  # all have one again, and c is owed most


def test_open_hand_offs_are_compared_relative_to_the_weights() -> None:
    world = team(rep("a", weight=2), rep("b"), policy=FEWEST)
    assert sorted(takers(world.send(*[ask(number) for number in range(6)])).split()) == ["a"] * 4 + ["b"] * 2


def test_the_ledger_shows_the_open_hand_offs_and_why_a_rep_was_passed_over() -> None:
    world = team(rep("a"), rep("b"), policy=FEWEST)
    (line,) = lines(world.send(ask(0)) and world.send(ask(1)))
    assert [(one.rep_id, one.open, one.passed_over) for one in line.candidates] == [
        ("a", 1, PassedOver.MORE_OPEN),
        ("b", 0, None),
    ]
    (plain,) = lines(team(rep("a")).send(ask(0)))
    assert plain.candidates[0].open is None


def test_a_rep_with_the_most_open_hand_offs_gets_raised_hands_only_until_one_is_closed() -> None:
    world = team(rep("a"), policy=AT_MOST_TWO)
    outputs = world.send(ask(0), ask(1), ask(2), raise_hand(3))
    assert [(one.outcome, one.rep_id) for one in answers(outputs)] == [
        ("assigned", "a"),
        ("assigned", "a"),
        ("waiting", None),
        ("assigned", "a"),
    ]
    assert answers(outputs)[2].passed_over[0].why is PassedOver.MOST_OPEN
    assert answers(world.send(work(3, None, 0))) == []  # two are still open
    assert takers(world.send(work(0, None, 0))) == "a"


def test_a_report_replaces_the_count_of_its_account_however_often_it_comes() -> None:
    world = team(rep("a"), rep("b"), policy=FEWEST)
    world.send(ask(0), work(0, "a", 1), work(0, "a", 1), work(0, "a", 3))
    assert world.rotation().open == {"a": 3}
    world.send(work(0, "b", 3))
    assert world.rotation().open == {"b": 3}
    world.send(work(0, None, 0), work(0, None, 0))
    assert world.rotation().open == {}


def test_a_moved_account_takes_its_open_hand_offs_along() -> None:
    world = team(rep("a"), rep("b"), policy=FEWEST)
    world.send(ask(0), work(0, "a", 3))
    move = ask(9, account_key="domain:bank0.example", move=MoveWhy.NOT_ANSWERED, excluded=["a"])
    assert takers(world.send(move)) == "b"
    assert world.rotation().open == {"b": 3}


STEPS = st.one_of(
    st.tuples(st.sampled_from(["ask", "raise", "return"]), st.integers(0, 9), st.just("")),
    st.tuples(st.just("open"), st.integers(0, 9), st.sampled_from(["", "a", "b", "c"])),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=25), st.tuples(*[st.integers(1, 3)] * 3), st.booleans())
def test_every_turn_goes_to_one_with_the_fewest_and_the_ledger_adds_up(
    steps: list[tuple[str, int, str]], weights: tuple[int, int, int], is_limited: bool
) -> None:
    limit = ", most_open: 3" if is_limited else ""
    policy = policy_with((TURN, f"{TURN}, by: fewest_open{limit}"))
    world = team(
        *[rep(one, weight=weight) for one, weight in zip("abc", weights, strict=True)], policy=policy
    )
    ledger: list[LedgerEntry] = []
    for name, number, rep_id in steps:
        event: Any = {
            "ask": ask(number),
            "raise": raise_hand(number),
            "return": give_back(number),
            "open": work(number, rep_id or None, 2 if rep_id else 0),
        }[name]
        ledger += lines(world.send(event))
        rows = [row for _, row in world.decider.rows.scan(WorkRow, DESK, limit=100)]
        sums = {one: sum(row.open for row in rows if row.rep_id == one) for one in "abc"}
        assert world.rotation().open == {one: count for one, count in sums.items() if count}
    for line in ledger:
        if line.entry in {"turn", "released"} and any(one.gained for one in line.candidates):
            loads = {one.rep_id: (one.open or 0) / one.weight for one in line.candidates if one.passed_over in {None, PassedOver.NOT_ITS_TURN, PassedOver.MORE_OPEN}}  # fmt: skip
            assert loads[line.rep_id or ""] == min(loads.values())
    assert [problem for desk in audit(ledger).values() for problem in desk.problems] == []
