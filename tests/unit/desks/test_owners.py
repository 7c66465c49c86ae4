"""What belongs to one rep: the rep, a deputy while away, the manager after that; one who has left is reported."""

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
def test_an_owner_who_is_there_gets_it_and_it_is_said_why(
    kind: Kind, mode: RequestMode, how: HowChosen
) -> None:
    world = world_of(rep("olga", desks=()))
    said = world.send(own(1).model_copy(update={"kind": kind, "mode": mode}))
    assert [(one.outcome, one.rep_id, one.how_chosen) for one in answers(said)] == [("assigned", "olga", how)]
    assert [(line.entry, line.candidates) for line in lines(said)] == [("owner", [])]


@pytest.mark.parametrize("record", [None, rep("olga", active=False)], ids=["unknown", "inactive"])
def test_an_owner_who_is_not_with_us_is_reported(record: Any) -> None:
    world = world_of(*[record] if record else [])
    assert [(one.outcome, one.why_unavailable) for one in answers(world.send(own(1)))] == [
        ("unavailable", PassedOver.INACTIVE)
    ]


def test_the_deputy_of_an_owner_who_is_away_gets_the_task() -> None:
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
def test_who_is_away_too_is_passed_over_up_to_the_manager(people: list[Any], taker: str) -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), *people)
    answer = answers(world.send(own(1)))[0]
    assert (answer.rep_id, answer.deputy_for) == (taker, "olga")


def test_a_chain_of_deputies_ends_after_three_and_then_comes_the_manager() -> None:
    chain = [rep(f"r{n}", away=AWAY, deputy_rep_id=f"r{n + 1}", manager_rep_id="mona") for n in range(9)]
    said = world_of(*chain, rep("mona")).send(own(1, "r0"))
    assert answers(said)[0].rep_id == "mona"
    assert len([one for one in said if isinstance(one, DeskRequest)]) == 4


def test_where_nobody_at_all_is_there_it_waits_for_the_owner_and_nobody_absent_gets_it() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dana"), rep("dana", away=AWAY))
    said = world.send(own(1))
    assert [(one.outcome, one.everyone_away) for one in answers(said)] == [("waiting", True)]
    assert answers(world.send(own(1))) == answers(said)
    assert world.tick(MONDAY + HOUR_MS - 1) == []
    answer = answers(world.tick(MONDAY + HOUR_MS))[0]
    assert (answer.rep_id, answer.deputy_for, answer.how_chosen) == ("olga", None, HowChosen.ACCOUNT_OWNER)
    assert answers(world.send(own(1))) == [answer]


def test_one_who_was_waited_for_gets_it_when_the_absence_is_taken_back() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dana"), rep("dana", away=AWAY))
    world.send(own(1))
    assert takers(world.send(facts(rep("olga"), desk="rep:olga"))) == "olga"


def test_a_raised_hand_waits_for_a_fallback_whom_nobody_knows_yet() -> None:
    world = World()
    said = world.send(raise_hand(1))
    assert [(one.outcome, one.everyone_away) for one in answers(said)] == [("waiting", True)]
    assert takers(world.send(facts(rep("dana"), desk="rep:dana"))) == "dana"


def test_who_follows_a_rep_who_is_away_gets_the_deputy() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk"))
    world.send(facts(rep("olga", away=AWAY, deputy_rep_id="dirk")))
    said = world.send(ask(1, mode=RequestMode.FOLLOW, rep_id="olga"))
    assert [(one.rep_id, one.deputy_for) for one in answers(said)] == [("dirk", "olga")]
    assert world.rotation().taken == {}


def test_a_return_goes_where_the_request_was_sent_on() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dana"), rep("dana", away=AWAY))
    world.send(own(1))
    assert world.rotation("rep:olga").waiting == 1
    world.send(give_back(1, desk="rep:olga"))
    assert world.rotation("rep:olga").waiting == 0
    assert answers(looped(world, MONDAY + HOUR_MS)) == []


def test_a_return_follows_a_raised_hand_to_the_fallback() -> None:
    world = world_of(rep("dana"))
    world.send(raise_hand(1))
    said = world.send(give_back(1))
    assert [(type(one).__name__, getattr(one, "desk", "")) for one in said] == [("DeskReturn", "rep:dana")]
    assert world.send(raise_hand(1)) == []


def test_the_fallback_who_is_away_is_stood_in_for() -> None:
    world = world_of(rep("dana", away=AWAY, deputy_rep_id="emil"), rep("emil"))
    answer = answers(world.send(raise_hand(1)))[0]
    assert (answer.rep_id, answer.deputy_for, answer.how_chosen) == ("emil", "dana", HowChosen.FALLBACK)


def test_the_deadline_of_an_owner_follows_the_owners_own_hours() -> None:
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
        "the deputy had it too: the manager",
        "the deputy's deputy is away too: the owner's own manager",
        "the manager is away: the manager's deputy",
        "nobody else is there: it stays",
    ],
)
def test_who_had_it_gets_it_only_if_there_is_nobody_else(
    people: list[Any], excluded: list[str], taker: tuple[str, HowChosen]
) -> None:
    world = world_of(*people)
    request = own(1, move=MoveWhy.NOT_ANSWERED, excluded=excluded)
    answer = answers(world.send(request))[-1]
    assert (answer.outcome, answer.rep_id, answer.how_chosen) == ("assigned", *taker)


def test_an_account_that_moves_is_never_refused_because_somebody_has_left() -> None:
    world = world_of(rep("olga", active=False, manager_rep_id="mona"), rep("mona"))
    assert takers(world.send(own(1, move=MoveWhy.AWAY))) == "mona"


def test_of_a_desk_none_who_had_it_gets_it_again_and_then_it_is_the_managers() -> None:
    world = world_of(rep("dana", desks=()))
    world.send(facts(rep("a")), facts(rep("b")))
    said = world.send(raise_hand(1, move=MoveWhy.NOT_ANSWERED, excluded=["a"]))
    assert takers(said) == "b"
    assert {one.rep_id: one.why for one in answers(said)[0].passed_over} == {"a": PassedOver.HAD_IT}
    said = world.send(raise_hand(2, move=MoveWhy.NOT_ANSWERED, excluded=["a", "b"]))
    assert [(one.rep_id, one.how_chosen) for one in answers(said)] == [("dana", HowChosen.MANAGER)]


def looped(world: World, at_ms: int, *events: Any) -> list[Any]:
    """Time passes, events come, and what the desks then say to each other arrives."""
    said = [*world.tick(at_ms), *world.send(*events, at_ms=at_ms)]
    onward = [one for one in said if isinstance(one, LookAgain)]
    return [*said, *world.send(*onward, at_ms=at_ms)]


@pytest.mark.parametrize("who", ["dirk", "mona", "dana"])
def test_where_nobody_at_all_is_there_the_first_who_is_back_gets_it(who: str) -> None:
    back = ((MONDAY - HOUR_MS, MONDAY + HOUR_MS // 2),)
    world = world_of(
        rep("olga", away=AWAY, deputy_rep_id="dirk", manager_rep_id="mona"),
        *(rep(one, away=back if one == who else AWAY) for one in ("dirk", "mona", "dana")),
    )
    world.send(own(1))
    assert answers(looped(world, MONDAY + HOUR_MS // 2 - 1)) == []
    (answer,) = answers(looped(world, MONDAY + HOUR_MS // 2))
    assert (answer.outcome, answer.rep_id, answer.deputy_for) == ("assigned", who, "olga")
    assert answer.how_chosen == (HowChosen.DEPUTY if who == "dirk" else HowChosen.MANAGER)
    assert world.rotation("rep:olga").waiting == 0
    assert answers(world.send(own(1))) == [answer]


def test_a_stand_in_who_is_away_again_by_then_costs_a_round_and_nothing_else() -> None:
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
        takers(looped(world, MONDAY + HOUR_MS - 1, facts(there, desk="rep:dirk", event_id="back"))) == "dirk"
    )


def test_all_who_wait_for_an_owner_go_when_a_stand_in_is_back_however_many() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk", away=AWAY))
    world.send(*(own(number) for number in range(120)))
    said = world.send(facts(rep("dirk"), desk="rep:dirk"))
    assert takers(said).split() == ["dirk"] * 120
    assert world.rotation("rep:olga").waiting == 0


def test_a_request_that_is_given_back_while_it_waits_is_not_sent_to_who_is_back() -> None:
    world = world_of(rep("olga", away=AWAY, deputy_rep_id="dirk"), rep("dirk", away=AWAY))
    world.send(own(1))
    world.send(give_back(1, desk="rep:olga"))
    assert answers(world.send(facts(rep("dirk"), desk="rep:dirk"))) == []
