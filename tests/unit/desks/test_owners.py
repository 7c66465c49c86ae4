"""A lead of one rep: the rep, a deputy while the rep is away, then the manager; a rep who has left is reported."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.desk_requests import DeskRequest, LookAgain, MoveWhy, RequestMode
from schemas.vocabulary import HowChosen, Kind, PassedOver
from tests.unit.desks.world import (
    MONDAY,
    World,
    answers,
    ask,
    at,
    facts,
    give_back,
    lines,
    raise_hand,
    rep,
    takers,
    tick_and_deliver,
)

HOUR_MS = 3_600_000
AWAY = ((MONDAY - HOUR_MS, MONDAY + HOUR_MS),)


def own(number: int | str, rep_id: str = "olga", **changes: Any) -> DeskRequest:
    return ask(number, desk=f"rep:{rep_id}", mode=RequestMode.OWNER, rep_id=rep_id, **changes)


def world_of(*records: Any) -> World:
    world = World()
    world.send(*[facts(record, desk=f"rep:{record.rep_id}") for record in records])
    return world


@pytest.mark.parametrize(
    ("kind", "mode", "how"),
    [
        (Kind.MQL, RequestMode.OWNER, HowChosen.ACCOUNT_OWNER),
        (Kind.EXPANSION, RequestMode.OWNER, HowChosen.ACCOUNT_OWNER),
        (Kind.IN_CYCLE, RequestMode.OWNER, HowChosen.OPPORTUNITY_OWNER),
        (Kind.MQL, RequestMode.FOLLOW, HowChosen.ACCOUNT_REP),
    ],
)
def test_a_present_owner_gets_the_lead_and_the_answer_names_how(
    kind: Kind, mode: RequestMode, how: HowChosen
) -> None:
    world = world_of(rep("olga", desks=()))
    outputs = world.send(own(1).model_copy(update={"kind": kind, "mode": mode}))
    assert [(one.outcome, one.rep_id, one.how_chosen) for one in answers(outputs)] == [
        ("assigned", "olga", how)
    ]
    assert [(line.entry, line.candidates) for line in lines(outputs)] == [("owner", [])]


@pytest.mark.parametrize("record", [None, rep("olga", active=False)], ids=["unknown", "inactive"])
def test_an_inactive_or_unknown_owner_is_reported_unavailable(record: Any) -> None:
    world = world_of(*[record] if record else [])
    assert [(one.outcome, one.why_unavailable) for one in answers(world.send(own(1)))] == [
        ("unavailable", PassedOver.INACTIVE)
    ]


def test_the_deputy_of_an_absent_owner_gets_the_task() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk"))
    answer = answers(world.send(own(1)))[0]
    assert (answer.rep_id, answer.deputy_for, answer.how_chosen) == ("dirk", "olga", HowChosen.DEPUTY)
    assert takers(world.send(own(2), at_ms=MONDAY + HOUR_MS)) == "olga"


@pytest.mark.parametrize(
    ("people", "taker"),
    [
        ([rep("dirk", away=AWAY, deputy_rep_id="emil"), rep("emil")], "emil"),
        ([rep("dirk", active=False), rep("dana")], "dana"),
        ([rep("dirk", away=AWAY, manager_rep_id="mona"), rep("mona"), rep("dana")], "mona"),
        ([rep("dirk", away=AWAY, deputy_rep_id="olga"), rep("dana")], "dana"),
    ],
    ids=["the deputy's deputy", "the desk's manager", "the manager", "deputies in a circle"],
)
def test_absent_substitutes_are_skipped_up_to_the_manager(people: list[Any], taker: str) -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), *people)
    answer = answers(world.send(own(1)))[0]
    assert (answer.rep_id, answer.deputy_for) == (taker, "olga")


def test_after_three_deputies_in_a_row_the_manager_is_asked() -> None:
    chain = [rep(f"r{n}", away=AWAY, deputy_rep_id=f"r{n + 1}", manager_rep_id="mona") for n in range(9)]
    outputs = world_of(*chain, rep("mona")).send(own(1, "r0"))
    assert answers(outputs)[0].rep_id == "mona"
    assert len([one for one in outputs if isinstance(one, DeskRequest)]) == 4


def test_while_every_substitute_is_away_the_lead_waits_for_the_owner() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dana"), rep("dana", away=AWAY))
    outputs = world.send(own(1))
    assert [(one.outcome, one.everyone_away) for one in answers(outputs)] == [("waiting", True)]
    assert answers(world.send(own(1))) == answers(outputs)
    assert world.tick(MONDAY + HOUR_MS - 1) == []
    answer = answers(world.tick(MONDAY + HOUR_MS))[0]
    assert (answer.rep_id, answer.deputy_for, answer.how_chosen) == ("olga", None, HowChosen.ACCOUNT_OWNER)
    assert answers(world.send(own(1))) == [answer]


def test_a_waiting_lead_goes_to_the_owner_when_the_absence_is_withdrawn() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dana"), rep("dana", away=AWAY))
    world.send(own(1))
    assert takers(world.send(facts(rep("olga"), desk="rep:olga"))) == "olga"


def test_a_raised_hand_waits_for_a_fallback_without_a_record() -> None:
    world = World()
    outputs = world.send(raise_hand(1))
    assert [(one.outcome, one.everyone_away) for one in answers(outputs)] == [("waiting", True)]
    assert takers(world.send(facts(rep("dana"), desk="rep:dana"))) == "dana"


def test_a_second_lead_of_an_absent_reps_account_goes_to_the_deputy() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk"))
    world.send(facts(rep("olga", away=AWAY, deputy_rep_id="dirk")))
    outputs = world.send(ask(1, mode=RequestMode.FOLLOW, rep_id="olga"))
    assert [(one.rep_id, one.deputy_for) for one in answers(outputs)] == [("dirk", "olga")]
    assert world.rotation().taken == {}


def test_a_return_is_forwarded_like_its_request() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dana"), rep("dana", away=AWAY))
    world.send(own(1))
    assert world.rotation("rep:olga").waiting == 1
    world.send(give_back(1, desk="rep:olga"))
    assert world.rotation("rep:olga").waiting == 0
    assert answers(tick_and_deliver(world, MONDAY + HOUR_MS)) == []


def test_a_return_follows_a_raised_hand_to_the_fallback() -> None:
    world = world_of(rep("dana"))
    world.send(raise_hand(1))
    outputs = world.send(give_back(1))
    assert [(type(one).__name__, getattr(one, "desk", "")) for one in outputs] == [("DeskReturn", "rep:dana")]
    assert world.send(raise_hand(1)) == []


def test_an_absent_fallback_is_replaced_by_its_deputy() -> None:
    world = world_of(rep("dana", away=AWAY, deputy_rep_id="emil"), rep("emil"))
    answer = answers(world.send(raise_hand(1)))[0]
    assert (answer.rep_id, answer.deputy_for, answer.how_chosen) == ("emil", "dana", HowChosen.FALLBACK)


def test_the_deadline_of_an_owner_counts_the_owners_own_hours() -> None:
    hours = {"mon-fri": "10:00-12:00, 13:00-15:00"}
    world = world_of(rep("olga", time_zone="America/Los_Angeles", hours=hours, desks=()))
    answer = answers(world.send(own(1)))[0]
    assert answer.due_at_ms == at("2026-03-02 17:00")  # 10:00 to 12:00 and 13:00 to 14:00 in Los Angeles


@pytest.mark.parametrize(
    ("people", "excluded", "taker"),
    [
        ([rep("olga", deputy_rep_id="dirk"), rep("dirk")], ["olga"], ("dirk", HowChosen.DEPUTY)),
        (
            [rep("olga", deputy_rep_id="dirk"), rep("dirk", away=AWAY), rep("dana")],
            ["olga"],
            ("dana", HowChosen.MANAGER),
        ),
        (
            [rep("olga", deputy_rep_id="dirk", manager_rep_id="mona"), rep("dirk"), rep("mona")],
            ["olga", "dirk"],
            ("mona", HowChosen.MANAGER),
        ),
        (
            [
                rep("olga", deputy_rep_id="dirk", manager_rep_id="mona"),
                rep("dirk", away=AWAY, deputy_rep_id="emil", manager_rep_id="else"),
                rep("emil", away=AWAY),
                rep("mona"),
                rep("else"),
            ],
            ["olga"],
            ("mona", HowChosen.MANAGER),
        ),
        (
            [
                rep("olga", manager_rep_id="mona"),
                rep("mona", away=AWAY, deputy_rep_id="nina"),
                rep("nina"),
            ],
            ["olga"],
            ("nina", HowChosen.MANAGER),
        ),
        (
            [rep("olga", deputy_rep_id="dirk"), rep("dirk", away=AWAY)],
            ["olga"],
            ("olga", HowChosen.ACCOUNT_OWNER),
        ),
    ],
    ids=[
        "the deputy",
        "the deputy is away: the desk's manager",
        "the deputy had the account too: the manager",
        "the deputy's deputy is away too: the owner's own manager",
        "the manager is away: the manager's deputy",
        "no other rep is available: the owner keeps it",
    ],
)
def test_a_rep_who_had_the_account_gets_it_only_if_no_other_can(
    people: list[Any], excluded: list[str], taker: tuple[str, HowChosen]
) -> None:
    world = world_of(*people)
    request = own(1, move=MoveWhy.NOT_ANSWERED, excluded=excluded)
    answer = answers(world.send(request))[-1]
    assert (answer.outcome, answer.rep_id, answer.how_chosen) == ("assigned", *taker)


def test_a_move_is_assigned_even_if_the_owner_has_left() -> None:
    world = world_of(rep("olga", active=False, manager_rep_id="mona"), rep("mona"))
    assert takers(world.send(own(1, move=MoveWhy.AWAY))) == "mona"


def test_members_who_had_the_account_are_skipped_and_then_the_manager_gets_it() -> None:
    world = world_of(rep("dana", desks=()))
    world.send(facts(rep("a")), facts(rep("b")))
    outputs = world.send(raise_hand(1, move=MoveWhy.NOT_ANSWERED, excluded=["a"]))
    assert takers(outputs) == "b"
    assert {one.rep_id: one.why for one in answers(outputs)[0].passed_over} == {"a": PassedOver.HAD_IT}
    outputs = world.send(raise_hand(2, move=MoveWhy.NOT_ANSWERED, excluded=["a", "b"]))
    assert [(one.rep_id, one.how_chosen) for one in answers(outputs)] == [("dana", HowChosen.MANAGER)]


@pytest.mark.parametrize("who", ["dirk", "mona", "dana"])
def test_if_every_substitute_is_away_the_first_who_is_back_gets_the_lead(who: str) -> None:
    back = ((MONDAY - HOUR_MS, MONDAY + HOUR_MS // 2),)
    world = world_of(
        rep("olga", away=AWAY, deputy_rep_id="dirk", manager_rep_id="mona"),
        *(rep(one, away=back if one == who else AWAY) for one in ("dirk", "mona", "dana")),
    )
    world.send(own(1))
    assert answers(tick_and_deliver(world, MONDAY + HOUR_MS // 2 - 1)) == []
    (answer,) = answers(tick_and_deliver(world, MONDAY + HOUR_MS // 2))
    assert (answer.outcome, answer.rep_id, answer.deputy_for) == ("assigned", who, "olga")
    assert answer.how_chosen == (HowChosen.DEPUTY if who == "dirk" else HowChosen.MANAGER)
    assert world.rotation("rep:olga").waiting == 0
    assert answers(world.send(own(1))) == [answer]


def test_a_substitute_who_is_away_again_by_then_costs_one_round_only() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk", away=AWAY))
    world.send(own(1))
    there, gone = rep("dirk"), rep("dirk", away=AWAY)
    world.loops = False
    (look,) = [one for one in world.send(facts(there, desk="rep:dirk")) if isinstance(one, LookAgain)]
    world.send(facts(gone, desk="rep:dirk", event_id="gone"))
    world.loops = True
    assert [one.outcome for one in answers(world.send(look))] == ["waiting"]
    assert world.rotation("rep:olga").waiting == 1
    assert (
        takers(tick_and_deliver(world, MONDAY + HOUR_MS - 1, facts(there, desk="rep:dirk", event_id="back")))
        == "dirk"
    )


def test_all_leads_that_wait_for_an_owner_are_released_when_a_substitute_is_back() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk", away=AWAY))
    world.send(*(own(number) for number in range(120)))
    outputs = world.send(facts(rep("dirk"), desk="rep:dirk"))
    assert takers(outputs).split() == ["dirk"] * 120
    assert world.rotation("rep:olga").waiting == 0


def test_a_waiting_request_that_was_returned_is_not_forwarded_later() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk", away=AWAY))
    world.send(own(1))
    world.send(give_back(1, desk="rep:olga"))
    assert answers(world.send(facts(rep("dirk"), desk="rep:dirk"))) == []
