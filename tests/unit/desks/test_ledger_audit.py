"""The ledger proves that it was fair, and shows where it was not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from schemas.outputs import LedgerCandidate, LedgerEntry
from schemas.vocabulary import PassedOver
from tests.unit.desks.world import DESK, MONDAY, World, ask, facts, give_back, lines, policy_with, rep
from workers.desks.ledger_audit import DeskShares, audit

HOUR_MS = 3_600_000


def ledger() -> list[LedgerEntry]:
    """5/1/1 through a period, one turn given back, somebody who joins, one who leaves, and one who is away."""
    world = World(policy_with(("when_away: skip", "when_away: hold")))
    world.send(facts(rep("a", weight=5)), facts(rep("b")), facts(rep("c")))
    said = world.send(*[ask(number) for number in range(7)], give_back(2))
    world.send(facts(rep("d", weight=2)), facts(None, rep_id="b"))
    away = ((MONDAY, MONDAY + HOUR_MS),)
    world.send(facts(rep("c", away=away)))
    said += world.send(*[ask(number) for number in range(7, 12)])
    said += world.send(
        facts(rep("b")), *[ask(number) for number in range(12, 20)], at_ms=MONDAY + 2 * HOUR_MS
    )
    return lines(said)


def test_what_the_desk_wrote_adds_up_and_everybodys_share_is_told() -> None:
    desk = audit(ledger())[DESK]
    assert desk.problems == []
    assert (desk.turns, desk.given_back) == (20, 1)
    assert sum(one.turns for one in desk.reps.values()) == 19
    assert sum(one.exact for one in desk.reps.values()) == 19
    assert all(one.most_off < 1_000_000 for one in desk.reps.values())


def test_shares_are_by_weight_to_the_fraction() -> None:
    world = World()
    world.send(facts(rep("a", weight=5)), facts(rep("b")), facts(rep("c")))
    desk = audit(lines(world.send(*[ask(number) for number in range(8)])))[DESK]
    assert {who: (one.turns, one.exact) for who, one in desk.reps.items()} == {
        "a": (6, Fraction(40, 7)),
        "b": (1, Fraction(8, 7)),
        "c": (1, Fraction(8, 7)),
    }


def test_a_line_that_comes_again_counts_once() -> None:
    once = ledger()
    assert audit([*once, *once]) == audit(once)


def test_what_lapses_when_candidates_change_is_shown() -> None:
    world = World()
    world.send(
        *[facts(rep(one, languages=[speaks])) for one, speaks in zip("abcd", ("es", "fr") * 2, strict=True)]
    )
    skills = ["es", "fr"]
    said = world.send(*[ask(number, language=skills[number]) for number in range(2)])
    away = ((MONDAY - 1, MONDAY + HOUR_MS),)
    world.send(facts(rep("a", away=away, languages=["es"])), facts(rep("b", away=away, languages=["fr"])))
    said += world.send(ask(2))
    desk = audit(lines(said))[DESK]
    assert desk.problems == []
    assert {who: one.lapsed for who, one in desk.reps.items()} == {"a": 0, "b": 0, "c": 0, "d": 1}


def change(entry: LedgerEntry, rep_id: str, **fields: Any) -> LedgerEntry:
    made = [one.model_copy(update=fields) if one.rep_id == rep_id else one for one in entry.candidates]
    return entry.model_copy(update={"candidates": made})


Forge = Callable[[LedgerEntry], LedgerEntry]
FORGED: list[tuple[str, Forge, str]] = [
    ("a credit is lifted", lambda e: change(e, "b", current_before=400_000), "after the line before"),
    ("a turn is not paid", lambda e: change(e, "a", current_after=500_000), "adds up"),
    ("too large a share", lambda e: change(e, "b", gained=500_000), "not its share"),
    ("a favourite", lambda e: e.model_copy(update={"rep_id": "zoe"}), "zoe got it and is no candidate"),
    (
        "the absent gets it",
        lambda e: change(e, e.rep_id or "", passed_over=PassedOver.ABSENT),
        "no candidate",
    ),
    ("the full gains", lambda e: change(e, "c", passed_over=PassedOver.FULL), "could not take it"),
    ("a newcomer brings something", lambda e: change(e, "c", since_turn=2), "joined and began with"),
]


@pytest.mark.parametrize(("forge", "said"), [one[1:] for one in FORGED], ids=[one[0] for one in FORGED])
def test_a_forged_line_is_found(forge: Forge, said: str) -> None:
    entries = ledger()
    entries[3] = forge(entries[3])
    problems = audit(entries)[DESK].problems
    assert any(said in one for one in problems)
    assert problems[0].startswith("desk:inside_sales turn 4 (turn): ")


def test_a_whole_turn_off_is_found_even_where_every_line_adds_up() -> None:
    def turn(number: int) -> LedgerEntry:
        """The same rep over and over, and the books are kept."""
        there = [("a", 500_000 - 1_000_000, None), ("b", 500_000, PassedOver.NOT_ITS_TURN)]
        candidates = [
            LedgerCandidate(
                rep_id=who,
                weight=1,
                current_before=number * moved,
                current_after=(number + 1) * moved,
                gained=500_000,
                taken_in_period=0,
                passed_over=why,
            )
            for who, moved, why in there
        ]
        return ledger()[0].model_copy(
            update={"event_id": f"e{number}", "turn": number + 1, "rep_id": "a", "candidates": candidates}
        )

    desk: DeskShares = audit(turn(number) for number in range(3))[DESK]
    assert any("a whole turn off" in one for one in desk.problems)
