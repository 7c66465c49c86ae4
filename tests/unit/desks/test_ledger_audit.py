"""The audit of a ledger finds lines that do not add up, and turns that were not fair."""

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
    """Return a ledger with weights 5/1/1 over a period: a returned turn, a rep who joins, one who leaves, one who is
    away.
    """
    world = World(policy_with(("when_away: skip", "when_away: hold")))
    world.send(facts(rep("a", weight=5)), facts(rep("b")), facts(rep("c")))
    outputs = world.send(*[ask(number) for number in range(7)], give_back(2))
    world.send(facts(rep("d", weight=2)), facts(None, rep_id="b"))
    away = ((MONDAY, MONDAY + HOUR_MS),)
    world.send(facts(rep("c", away=away)))
    outputs += world.send(*[ask(number) for number in range(7, 12)])
    outputs += world.send(
        facts(rep("b")), *[ask(number) for number in range(12, 20)], at_ms=MONDAY + 2 * HOUR_MS
    )
    return lines(outputs)


def test_a_ledger_that_a_desk_wrote_adds_up_and_gives_each_reps_share() -> None:
    desk = audit(ledger())[DESK]
    assert desk.problems == []
    assert (desk.turns, desk.given_back) == (20, 1)
    assert sum(one.turns for one in desk.reps.values()) == 19
    assert sum(one.exact for one in desk.reps.values()) == 19
    assert all(one.most_off < 1_000_000 for one in desk.reps.values())


def test_exact_shares_are_fractions_by_weight() -> None:
    world = World()
    world.send(facts(rep("a", weight=5)), facts(rep("b")), facts(rep("c")))
    desk = audit(lines(world.send(*[ask(number) for number in range(8)])))[DESK]
    assert {who: (one.turns, one.exact) for who, one in desk.reps.items()} == {
        "a": (6, Fraction(40, 7)),
        "b": (1, Fraction(8, 7)),
        "c": (1, Fraction(8, 7)),
    }


def test_a_repeated_line_counts_once() -> None:
    entries = ledger()
    assert audit([*entries, *entries]) == audit(entries)


def test_credit_that_lapses_when_candidates_change_is_shown() -> None:
    world = World()
    world.send(
        *[facts(rep(one, languages=[speaks])) for one, speaks in zip("abcd", ("es", "fr") * 2, strict=True)]
    )
    skills = ["es", "fr"]
    outputs = world.send(*[ask(number, language=skills[number]) for number in range(2)])
    away = ((MONDAY - 1, MONDAY + HOUR_MS),)
    world.send(facts(rep("a", away=away, languages=["es"])), facts(rep("b", away=away, languages=["fr"])))
    outputs += world.send(ask(2))
    desk = audit(lines(outputs))[DESK]
    assert desk.problems == []
    assert {who: one.lapsed for who, one in desk.reps.items()} == {"a": 0, "b": 0, "c": 0, "d": 1}


def change(entry: LedgerEntry, rep_id: str, **fields: Any) -> LedgerEntry:
    made = [one.model_copy(update=fields) if one.rep_id == rep_id else one for one in entry.candidates]
    return entry.model_copy(update={"candidates": made})


Forge = Callable[[LedgerEntry], LedgerEntry]
FORGED: list[tuple[str, Forge, str]] = [
    ("a credit is raised", lambda e: change(e, "b", current_before=400_000), "after the line before"),
    ("a turn is not paid", lambda e: change(e, "a", current_after=500_000), "was expected"),
    ("too large a share", lambda e: change(e, "b", gained=500_000), "which is not its share"),
    (
        "the taker is a stranger",
        lambda e: e.model_copy(update={"rep_id": "zoe"}),
        "zoe took the turn but was not a candidate",
    ),
    (
        "the taker is absent",
        lambda e: change(e, e.rep_id or "", passed_over=PassedOver.ABSENT),
        "was not a candidate",
    ),
    ("a full rep gains", lambda e: change(e, "c", passed_over=PassedOver.FULL), "could not take the turn"),
    ("a new member starts with credit", lambda e: change(e, "c", since_turn=2), "joined with a credit of"),
]


@pytest.mark.parametrize(("forge", "problem"), [one[1:] for one in FORGED], ids=[one[0] for one in FORGED])
def test_a_forged_line_is_found(forge: Forge, problem: str) -> None:
    entries = ledger()
    entries[3] = forge(entries[3])
    problems = audit(entries)[DESK].problems
    assert any(problem in one for one in problems)
    assert problems[0].startswith("desk:inside_sales turn 4 (turn): ")


def test_a_rep_a_whole_turn_off_is_found_even_if_every_line_adds_up() -> None:
    def turn(number: int) -> LedgerEntry:
        """Return a line in which rep a takes the turn again and every credit adds up."""
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
