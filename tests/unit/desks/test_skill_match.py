"""Required skills decide which reps are candidates for a lead; preferred skills rank them."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.crm_reps import CrmRep
from schemas.desk_requests import MoveWhy
from schemas.vocabulary import HowChosen, PassedOver
from tests.unit.desks.world import (
    MONDAY,
    World,
    answers,
    ask,
    at,
    facts,
    lines,
    policy_with,
    raise_hand,
    rep,
    takers,
    team,
)

HOUR_MS = 3_600_000
AWAY = ((MONDAY - HOUR_MS, MONDAY + HOUR_MS),)
ANYONE = "when_nobody_has_it: anyone"
BOTH_REQUIRED = policy_with(("segment: preferred", "segment: required"))
TO_DANA = policy_with((ANYONE, "when_nobody_has_it: dana"))
HOLD = policy_with(("when_away: skip", "when_away: hold"))
BOTH_PREFERRED = policy_with(
    (f"language: required, segment: preferred, {ANYONE}", "language: preferred, segment: preferred")
)


def team_and_manager(*records: CrmRep, policy: str | None = None) -> World:
    world = team(*records, policy=policy)
    world.send(facts(rep("dana", desks=()), desk="rep:dana"))
    return world


def spanish(number: int | str, **changes: Any) -> Any:
    return ask(number, language="es", **changes)


def why(outputs: list[Any], at_: int = 0) -> dict[str, PassedOver]:
    """Return the reps passed over in one answer, with the reason."""
    return {one.rep_id: one.why for one in answers(outputs)[at_].passed_over}


def test_only_a_rep_with_the_required_skill_is_a_candidate() -> None:
    world = team_and_manager(rep("a", weight=9), rep("b", languages=["es"]), rep("c", languages=["fr", "es"]))
    outputs = world.send(spanish(1), spanish(2), spanish(3), ask(4))
    assert takers(outputs) == "b c b a"
    assert why(outputs) == {"a": PassedOver.LACKS_SKILL}
    assert why(outputs, 3) == {}


def test_reps_with_the_skill_share_turns_by_weight_and_the_others_keep_their_credit() -> None:
    world = team_and_manager(rep("a"), rep("b", languages=["es"], weight=2), rep("c", languages=["es"]))
    assert takers(world.send(*[spanish(number) for number in range(6)])) == "b c b b c b"
    assert world.rotation().credits.get("a", 0) == 0


@pytest.mark.parametrize(
    ("needs", "policy", "taker"),
    [
        ({}, None, "a"),
        ({"language": "es"}, None, "b"),
        ({"language": "fr"}, None, "a"),
        ({"segment": "large"}, None, "c"),
        ({"segment": "large"}, BOTH_REQUIRED, "c"),
        ({"language": "es", "segment": "large"}, None, "d"),
        ({"language": "es", "segment": "large"}, BOTH_REQUIRED, "d"),
        ({"language": "es"}, BOTH_PREFERRED, "b"),
    ],
    ids=[
        "nothing",
        "a language",
        "another",
        "a segment",
        "as required",
        "both",
        "both required",
        "both preferred",
    ],
)
def test_the_first_rep_with_the_best_fit_gets_the_lead(
    needs: dict[str, str], policy: str | None, taker: str
) -> None:
    world = team_and_manager(
        rep("a"),
        rep("b", languages=["es"]),
        rep("c", segments=["large"]),
        rep("d", languages=["ES"], segments=["large"]),
        policy=policy,
    )
    assert takers(world.send(ask(1, **needs))) == taker


def test_a_preferred_skill_ranks_reps_and_the_others_get_what_those_cannot() -> None:
    world = team_and_manager(rep("a", weight=9), rep("b", segments=["large"], capacity=1))
    outputs = world.send(ask(1, segment="large"), ask(2, segment="large"), raise_hand(3, segment="large"))
    assert takers(outputs) == "b a b"
    assert why(outputs) == {"a": PassedOver.NOT_PREFERRED}
    assert why(outputs, 1) == {"b": PassedOver.FULL}
    assert not any(one.skill_missing for one in answers(outputs))


def test_a_preferred_skill_never_delays_a_stronger_lead() -> None:
    world = team_and_manager(rep("a", capacity=0), rep("b", segments=["large"], capacity=0))
    world.send(ask("weak", total=136, segment="large"), ask("strong", total=150))
    outputs = world.send(facts(rep("b", segments=["large"], capacity=1)))
    assert [one.lead_id for one in answers(outputs)] == ["lead-strong"]


@pytest.mark.parametrize(
    ("policy", "taker", "how"),
    [(None, "a", HowChosen.ROTATION), (TO_DANA, "dana", HowChosen.FALLBACK)],
    ids=["anyone", "a named fallback"],
)
@pytest.mark.parametrize(
    "make", [spanish, lambda number: raise_hand(number, language="es")], ids=["mql", "hand"]
)
def test_if_no_rep_has_the_skill_the_fallback_gets_the_lead_and_the_answer_shows_it(
    make: Any, policy: str | None, taker: str, how: HowChosen
) -> None:
    world = team_and_manager(rep("a"), rep("gone", languages=["es"], active=False), policy=policy)
    answer = answers(world.send(make(1)))[0]
    assert (answer.rep_id, answer.how_chosen, answer.skill_missing) == (taker, how, True)
    assert not answer.everyone_away


def test_if_reps_with_the_skill_are_away_an_mql_waits_and_a_raised_hand_does_not() -> None:
    world = team_and_manager(rep("a"), rep("b", languages=["es"], away=AWAY))
    outputs = world.send(spanish(1), raise_hand(2, language="es"))
    assert [(one.outcome, one.rep_id, one.skill_missing, one.everyone_away) for one in answers(outputs)] == [
        ("waiting", None, False, True),
        ("assigned", "a", True, False),
    ]
    assert why(outputs) == {"a": PassedOver.LACKS_SKILL, "b": PassedOver.ABSENT}
    assert takers(world.tick(MONDAY + HOUR_MS)) == "b"


def test_if_reps_with_the_skill_are_full_an_mql_waits_and_a_raised_hand_passes() -> None:
    world = team_and_manager(rep("a"), rep("b", languages=["es"], capacity=1))
    outputs = world.send(spanish(1), spanish(2), raise_hand(3, language="es"))
    assert [(one.outcome, one.rep_id, one.desk_full) for one in answers(outputs)] == [
        ("assigned", "b", False),
        ("waiting", None, True),
        ("assigned", "b", False),
    ]


def test_no_lead_waits_behind_one_that_waits_for_another_rep() -> None:
    world = team_and_manager(rep("a"), rep("b", languages=["es"], capacity=0))
    assert takers(world.send(spanish("blocked", total=200), ask("free", total=136))) == "a"
    assert world.rotation().waiting == 1


def test_each_waiting_lead_is_released_when_its_own_rep_has_capacity() -> None:
    world = team_and_manager(rep("a", capacity=0), rep("b", languages=["es"], capacity=0))
    world.send(
        spanish("es-strong", total=150), ask("strong", total=149), spanish("es", total=140), ask("x", total=1)
    )
    assert [one.lead_id for one in answers(world.send(facts(rep("a", capacity=2))))] == [
        "lead-strong",
        "lead-x",
    ]
    outputs = answers(world.send(facts(rep("b", languages=["es"], capacity=1))))
    assert [one.lead_id for one in outputs] == ["lead-es-strong"]


def test_at_night_a_new_lead_waits_behind_leads_for_the_same_rep_only() -> None:
    world = team_and_manager(rep("a", capacity=1), rep("b", languages=["es"], capacity=1))
    world.send(ask(1), spanish(2), spanish("waits"))
    night = at("2026-03-09 01:00")
    outputs = world.send(ask("for a"), ask("would be b's"), at_ms=night)
    assert [(one.outcome, one.rep_id) for one in answers(outputs)] == [("waiting", None), ("waiting", None)]
    world = team_and_manager(rep("a", capacity=1), rep("b", languages=["es"], capacity=0))
    world.send(ask(1), spanish("waits"))
    assert takers(world.send(ask("for a"), at_ms=night)) == "a"


def test_a_turn_is_held_only_for_absent_reps_with_the_skill() -> None:
    world = team_and_manager(
        rep("a", away=AWAY), rep("b", languages=["es"], away=AWAY), rep("c", languages=["es"]), policy=HOLD
    )
    world.send(spanish(1), spanish(2))
    credits_ = world.rotation().credits
    assert credits_.get("a", 0) == 0
    assert credits_["b"] > 0


def test_the_ledger_names_reps_without_the_skill_and_changes_only_candidates_credits() -> None:
    world = team_and_manager(rep("a"), rep("b", languages=["es"]), rep("c", languages=["es"]))
    line = lines(world.send(spanish(1)))[0]
    assert {one.rep_id: one.passed_over for one in line.candidates} == {
        "a": PassedOver.LACKS_SKILL,
        "b": None,
        "c": PassedOver.NOT_ITS_TURN,
    }
    moved = {one.rep_id for one in line.candidates if one.current_after != one.current_before}
    assert moved == {"b", "c"}


def test_more_lanes_than_one_look_releases_do_not_make_it_loop_for_ever() -> None:
    world = team_and_manager(
        rep("a", capacity=0), *[rep(f"r{n:02}", languages=[_code(n)], capacity=0) for n in range(60)]
    )
    world.send(*[ask(number, language=_code(number)) for number in range(60)], ask("plain", total=1))
    assert takers(world.send(facts(rep("a", capacity=1)))) == "a"
    assert world.rotation().waiting == 60
    assert world.tick(MONDAY + 1) == []


def _code(number: int) -> str:
    return chr(97 + number // 26) + chr(97 + number % 26)


def test_the_order_of_release_is_by_points_across_lanes() -> None:
    world = team_and_manager(rep("a", capacity=0))
    world.send(*[ask(n, total=100 + n, language=(None, "fr", "de")[n % 3]) for n in range(9)])
    outputs = world.send(facts(rep("a", capacity=99)))
    assert [one.lead_id for one in answers(outputs)] == [f"lead-{n}" for n in range(8, -1, -1)]


def test_no_lead_waits_behind_an_account_that_only_its_former_holder_could_get() -> None:
    world = team_and_manager(rep("a", capacity=0, away=AWAY))
    moved = {"excluded": ["a"], "move": MoveWhy.AWAY}
    world.send(ask("moved", total=200, **moved), ask("new"))
    assert takers(world.tick(MONDAY + HOUR_MS)) == ""
    outputs = answers(world.send(facts(rep("a", capacity=1)), at_ms=MONDAY + HOUR_MS))
    assert [one.lead_id for one in outputs if one.outcome == "assigned"] == ["lead-new"]
