from __future__ import annotations

from typing import Any

import pytest

from tests.edge import DAY, KEY, MINUTE, NOON, Partition, iso, types
from workers.directory.agent import spec
from workers.directory.rows import CountRow
from workers.engine.timers import CursorRow
from workers.identity.lead_ids import lead_id_of
from workers.identity.repeats import SeenRow

LEAD = lead_id_of("ada@gmail.com", KEY)


def answer(event_id: str = "s1", at_ms: int = NOON, **fields: Any) -> dict[str, Any]:
    return {"event_id": event_id, "occurred_at": iso(at_ms), "action": "touched", "rep_id": "r1", **fields}


def partition() -> Partition:
    return Partition(spec(KEY))


@pytest.mark.parametrize(
    ("said", "account_key", "lead_id"),
    [
        ({"handoff_id": "domain:bank.com#1.1"}, "domain:bank.com", None),
        ({"handoff_id": "domain:xn--mnchen-3ya.de#12.304"}, "domain:xn--mnchen-3ya.de", None),
        ({"handoff_id": f"lead:{LEAD}#1.2"}, f"lead:{LEAD}", None),
        ({"email": "Ada <ADA@eu.bank.com>"}, "domain:bank.com", lead_id_of("ada@eu.bank.com", KEY)),
        ({"email": "ada@gmail.com"}, f"lead:{LEAD}", LEAD),
        ({"handoff_id": "domain:bank.com#1.1", "email": "x@other.com"}, "domain:bank.com", None),
    ],
)
def test_an_answer_finds_the_log_of_its_account(
    said: dict[str, str], account_key: str, lead_id: str | None
) -> None:
    (fact,) = partition().say("sales.activities", answer(**said))
    assert (fact["topic"], fact["key"], fact["account_key"]) == ("lead.events", account_key, account_key)
    assert fact.get("lead_id") == lead_id
    assert fact["activity"]["action"] == "touched"


@pytest.mark.parametrize(
    "handoff_id",
    [
        "bank.com#1.1",
        "domain:bank.com",
        "domain:bank.com#1",
        "domain:#1.1",
        "lead:ada#1.1",
        "domain:a.com#1.1#2.2",
        "x",
    ],
)
def test_a_handoff_that_was_never_named_is_a_dead_letter(handoff_id: str) -> None:
    assert types(partition().say("sales.activities", answer(handoff_id=handoff_id))) == ["unknown_handoff"]


@pytest.mark.parametrize("email", ["ada", "", "ada@bank"])
def test_an_answer_known_by_a_bad_address_only_is_a_dead_letter(email: str) -> None:
    assert types(partition().say("sales.activities", answer(email=email))) == ["bad_address"]


def test_a_repeated_answer_counts_once() -> None:
    directory = partition()
    assert types(directory.say("sales.activities", answer(email="ada@bank.com"))) == ["sales_answered"]
    assert directory.say("sales.activities", answer(email="ada@bank.com"), arrives_at=NOON + DAY) == []
    assert [row.repeated for _, row in directory.rows(CountRow)] == [1]


def test_an_answer_that_was_refused_may_come_again_mended() -> None:
    directory = partition()
    directory.say("sales.activities", answer("s1", handoff_id="x"))
    assert types(directory.say("sales.activities", answer("s1", email="ada@bank.com"))) == ["sales_answered"]


def test_an_answer_keeps_its_own_time_within_bounds() -> None:
    directory = partition()
    times = [
        directory.say(
            "sales.activities", answer(f"s{days}", NOON + days * DAY, email="a@b.com"), arrives_at=NOON
        )
        for days in (-7, 0, 1)
    ]
    assert [fact["occurred_at_ms"] - NOON for (fact,) in times] == [-7 * DAY, 0, 5 * MINUTE]
    old = directory.say("sales.activities", answer("old", NOON - 8 * DAY, email="a@b.com"), arrives_at=NOON)
    assert types(old) == ["too_old"]


def test_the_daily_sweep_takes_what_cannot_be_repeated() -> None:
    directory = partition()
    for n in range(120):
        directory.say("sales.activities", answer(f"s{n}", email="ada@bank.com"))
    directory.say("sales.activities", answer("s0", email="ada@bank.com"))
    directory.tick(NOON + 40 * DAY, times=6)
    assert (directory.rows(SeenRow), directory.rows(CountRow), directory.rows(CursorRow)) == ([], [], [])
