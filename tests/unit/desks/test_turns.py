"""A lead at a desk goes to the next rep in turn, never to one who is away, inactive or (for an MQL) full."""

from __future__ import annotations

import pytest

from schemas.crm_reps import CrmRep
from schemas.desk_requests import RequestMode
from schemas.vocabulary import HowChosen, Kind, PassedOver
from tests.unit.desks.world import (
    DESK,
    MONDAY,
    World,
    answers,
    ask,
    at,
    facts,
    give_back,
    lines,
    policy_with,
    raise_hand,
    rep,
    takers,
    team,
)
from workers.desks.calendar import Period
from workers.desks.capacity import add_taken, capacity_of, in_period, remove_taken
from workers.desks.rows import RepRow, RotationRow

HOUR_MS = 3_600_000
HOLD = policy_with(("when_away: skip", "when_away: hold"))


def test_weights_of_five_one_one_give_a_a_b_a_c_a_a() -> None:
    world = team(rep("a", weight=5), rep("b"), rep("c"))
    outputs = world.send(*[ask(number) for number in range(7)])
    assert takers(outputs) == "a a b a c a a"


def test_ties_go_by_rep_id_and_not_by_who_joined_first() -> None:
    world = team(rep("carl"), rep("bert"), rep("anna"))
    assert takers(world.send(ask(1), ask(2), ask(3))) == "anna bert carl"


def test_every_turn_is_in_the_ledger_and_each_line_continues_the_one_before() -> None:
    world = team(rep("a", weight=5), rep("b"), rep("c"))
    ledger = lines(world.send(*[ask(number) for number in range(9)]))
    assert [line.turn for line in ledger] == list(range(1, 10))
    now = {"a": 0, "b": 0, "c": 0}
    for line in ledger:
        assert {one.rep_id: one.current_before for one in line.candidates} == now
        now = {one.rep_id: one.current_after for one in line.candidates}
        assert sum(now.values()) == 0
        passed = {one.rep_id for one in line.candidates if one.passed_over is PassedOver.NOT_ITS_TURN}
        assert passed == {"a", "b", "c"} - {line.rep_id}


def test_absent_or_inactive_reps_are_passed_over_and_answer_and_ledger_show_why() -> None:
    away = (MONDAY - HOUR_MS, MONDAY + HOUR_MS)
    world = team(rep("a", weight=9, away=(away,)), rep("b", weight=9, active=False), rep("c"))
    outputs = world.send(ask(1), ask(2), raise_hand(3))
    assert takers(outputs) == "c c c"
    why = {one.rep_id: one.why for one in answers(outputs)[0].passed_over}
    assert why == {"a": PassedOver.ABSENT, "b": PassedOver.INACTIVE}
    assert {one.rep_id: one.passed_over for one in lines(outputs)[0].candidates} == {**why, "c": None}


def test_an_absence_includes_its_first_instant_and_excludes_its_last() -> None:
    away = (MONDAY, MONDAY + HOUR_MS)
    world = World()
    world.send(facts(rep("a", weight=9, away=(away,))), facts(rep("b")), at_ms=MONDAY - HOUR_MS)
    got = [takers(world.send(ask(when), at_ms=when)) for when in (MONDAY - 1, MONDAY, MONDAY + HOUR_MS - 1)]
    assert [*got, takers(world.send(ask("back"), at_ms=MONDAY + HOUR_MS))] == ["a", "b", "b", "a"]


@pytest.mark.parametrize(("policy", "after"), [(None, "a b a b"), (HOLD, "a a b a")])
def test_a_turn_missed_while_away_is_skipped_or_held_by_the_policy(policy: str | None, after: str) -> None:
    world = team(rep("a", away=((MONDAY, MONDAY + HOUR_MS),)), rep("b"), policy=policy)
    assert takers(world.send(ask(1), ask(2), ask(3))) == "b b b"
    assert takers(world.send(*[ask(number) for number in range(4, 8)], at_ms=MONDAY + HOUR_MS)) == after


def test_a_new_member_starts_at_credit_0_and_a_leaving_one_changes_no_other_credit() -> None:
    world = team(rep("a"), rep("b"))
    assert takers(world.send(*[ask(number) for number in range(5)])) == "a b a b a"
    world.send(facts(rep("c")))
    assert takers(world.send(*[ask(number) for number in range(5, 11)])).count("c") == 2
    before = world.rotation().credits
    world.send(facts(None, rep_id="a"))
    assert world.rotation().credits == {rep_id: before[rep_id] for rep_id in ("b", "c")}
    assert takers(world.send(*[ask(number) for number in range(11, 17)])).split().count("b") == 3


def test_a_rep_of_another_desk_gets_no_turn_here() -> None:
    world = team(rep("a", desks=("west",)), rep("b", desks=("west", "inside_sales")))
    assert takers(world.send(ask(1), ask(2))) == "b b"


def test_a_full_rep_gets_no_mql_and_a_raised_hand_ignores_capacity_and_counts() -> None:
    world = team(rep("a", capacity=1), rep("b", capacity=2))
    outputs = world.send(ask(1), raise_hand(2), ask(3), ask(4))
    assert [(one.outcome, one.rep_id) for one in answers(outputs)] == [
        ("assigned", "a"),
        ("assigned", "b"),
        ("assigned", "b"),
        ("waiting", None),
    ]
    assert {one.rep_id: one.why for one in answers(outputs)[2].passed_over} == {"a": PassedOver.FULL}
    assert answers(outputs)[3].desk_full
    assert world.rotation().taken == {"a": 1, "b": 2}
    assert takers(world.send(raise_hand(5))) in {"a", "b"}


def test_capacity_none_is_the_policys_and_zero_is_zero() -> None:
    assert capacity_of(RepRow(capacity=None), 8) == 8
    assert capacity_of(RepRow(capacity=0), 8) == 0


def test_unused_capacity_lapses_with_the_period_and_a_late_return_does_not_restore_it() -> None:
    row = add_taken(add_taken(RotationRow(period="2026-03-02"), "a"), "a")
    assert row.taken == {"a": 2}
    assert remove_taken(row, "a", "2026-03-02").taken == {"a": 1}
    new = in_period(row, Period("2026-03-09", 0))
    assert new.taken == {}
    assert remove_taken(add_taken(new, "a"), "a", "2026-03-02").taken == {"a": 1}


def test_the_week_begins_on_monday_midnight_in_the_desks_zone() -> None:
    world = team(rep("a", capacity=1))
    sunday = at("2026-03-08 23:59")
    assert takers(world.send(ask(1), at_ms=sunday)) == "a"
    assert takers(world.send(ask(2), at_ms=sunday)) == ""
    world.send(give_back(2), at_ms=sunday)
    assert takers(world.send(ask(3), at_ms=sunday + 60_000)) == "a"


def test_the_second_lead_of_an_account_takes_no_turn_but_counts_and_ignores_capacity() -> None:
    world = team(rep("a", capacity=1), rep("b", capacity=1))
    world.send(ask(1))
    before = world.rotation()
    outputs = world.send(ask(2, mode=RequestMode.FOLLOW, rep_id="a"))
    after = world.rotation()
    assert (takers(outputs), answers(outputs)[0].how_chosen) == ("a", HowChosen.ACCOUNT_REP)
    assert lines(outputs)[0].entry == "follow"
    assert (after.turn, after.credits) == (before.turn, before.credits)
    assert after.taken == {"a": 2}


def test_an_inquiry_stays_with_the_desk_and_uses_no_turn_or_capacity() -> None:
    world = team(rep("a"))
    outputs = world.send(ask(1, kind=Kind.INQUIRY, raised_hand=True))
    answer = answers(outputs)[0]
    assert (answer.outcome, answer.rep_id, answer.desk) == ("assigned", None, DESK)
    assert answer.due_at_ms == at("2026-03-02 17:00")
    assert lines(outputs) == []
    assert world.rotation().turn == 0


def test_a_desk_that_the_policy_does_not_have_is_unavailable() -> None:
    assert [one.outcome for one in answers(World().send(ask(1, desk="desk:nowhere")))] == ["unavailable"]


@pytest.mark.parametrize(
    ("record", "outcome"), [(rep("a"), "assigned"), (rep("a", active=False), "unavailable")]
)
@pytest.mark.parametrize(
    "mode", [RequestMode.FOLLOW, RequestMode.TURN], ids=["the account's rep", "the claimant"]
)
def test_a_named_rep_is_asked_even_if_the_desk_was_removed(
    record: CrmRep, outcome: str, mode: RequestMode
) -> None:
    world = World()
    world.send(facts(record, desk="rep:a"))
    (answer,) = answers(world.send(ask(1, desk="desk:nowhere", mode=mode, rep_id="a")))
    assert (answer.outcome, answer.rep_id) == (outcome, "a" if outcome == "assigned" else None)
