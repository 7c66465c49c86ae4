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


def sales_activity(event_id: str = "s1", at_ms: int = NOON, **fields: Any) -> dict[str, Any]:
    return {"event_id": event_id, "occurred_at": iso(at_ms), "action": "touched", "rep_id": "r1", **fields}


def partition() -> Partition:
    return Partition(spec(KEY))


@pytest.mark.parametrize(
    ("fields", "account_key", "lead_id"),
    [
        ({"handoff_id": "domain:bank.com#1.1"}, "domain:bank.com", None),
        ({"handoff_id": "domain:xn--mnchen-3ya.de#12.304"}, "domain:xn--mnchen-3ya.de", None),
        ({"handoff_id": f"lead:{LEAD}#1.2"}, f"lead:{LEAD}", None),
        ({"email": "Ada <ADA@eu.bank.com>"}, "domain:bank.com", lead_id_of("ada@eu.bank.com", KEY)),
        ({"email": "ada@gmail.com"}, f"lead:{LEAD}", LEAD),
        ({"handoff_id": "domain:bank.com#1.1", "email": "x@other.com"}, "domain:bank.com", None),
        ({"handoff_id": "undefined", "email": "ada@gmail.com"}, f"lead:{LEAD}", LEAD),
        ({"handoff_id": "42", "email": "ada@gmail.com"}, f"lead:{LEAD}", LEAD),
    ],
)
def test_a_sales_activity_goes_to_the_log_of_its_account(
    fields: dict[str, str], account_key: str, lead_id: str | None
) -> None:
    (fact,) = partition().send("sales.activities", sales_activity(**fields))
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
def test_a_malformed_handoff_id_is_a_dead_letter(handoff_id: str) -> None:
    assert types(partition().send("sales.activities", sales_activity(handoff_id=handoff_id))) == [
        "unknown_handoff"
    ]


@pytest.mark.parametrize("email", ["ada", "", "ada@bank"])
def test_a_sales_activity_with_only_a_bad_address_is_a_dead_letter(email: str) -> None:
    assert types(partition().send("sales.activities", sales_activity(email=email))) == ["bad_address"]


def test_a_repeated_sales_activity_counts_once() -> None:
    directory = partition()
    assert types(directory.send("sales.activities", sales_activity(email="ada@bank.com"))) == [
        "sales_answered"
    ]
    assert (
        directory.send("sales.activities", sales_activity(email="ada@bank.com"), arrives_at=NOON + DAY) == []
    )
    assert [row.repeated for _, row in directory.rows(CountRow)] == [1]


def test_a_refused_sales_activity_is_accepted_once_it_is_fixed() -> None:
    directory = partition()
    directory.send("sales.activities", sales_activity("s1", handoff_id="x"))
    assert types(directory.send("sales.activities", sales_activity("s1", email="ada@bank.com"))) == [
        "sales_answered"
    ]


def test_a_sales_activity_keeps_its_own_time_within_bounds() -> None:
    directory = partition()
    times = [
        directory.send(
            "sales.activities",
            sales_activity(f"s{days}", NOON + days * DAY, email="a@b.com"),
            arrives_at=NOON,
        )
        for days in (-7, 0, 1)
    ]
    assert [fact["occurred_at_ms"] - NOON for (fact,) in times] == [-7 * DAY, 0, 5 * MINUTE]
    old = directory.send(
        "sales.activities", sales_activity("old", NOON - 8 * DAY, email="a@b.com"), arrives_at=NOON
    )
    assert types(old) == ["too_old"]


def test_the_daily_sweep_deletes_ids_that_cannot_be_repeated() -> None:
    directory = partition()
    for n in range(120):
        directory.send("sales.activities", sales_activity(f"s{n}", email="ada@bank.com"))
    directory.send("sales.activities", sales_activity("s0", email="ada@bank.com"))
    directory.tick(NOON + 40 * DAY, times=6)
    assert (directory.rows(SeenRow), directory.rows(CountRow), directory.rows(CursorRow)) == ([], [], [])


@pytest.mark.parametrize(
    ("handoff_id", "named"), [("undefined", None), ("{{handoff}}", None), ("42", ["handoff_id"])]
)
def test_an_unread_handoff_beside_an_address_is_left_out_and_named(
    handoff_id: str, named: list[str] | None
) -> None:
    activity = sales_activity(handoff_id=handoff_id, email="ada@gmail.com")
    (fact,) = partition().send("sales.activities", activity)
    assert fact["activity"].get("handoff_id") is None
    assert [one["field"] for one in fact.get("unread") or []] == (named or [])


@pytest.mark.parametrize("event_id", ["undefined", "null", "0", "[object Object]"])
def test_an_activity_under_a_placeholder_id_is_a_dead_letter(event_id: str) -> None:
    activity = sales_activity(event_id, email="ada@gmail.com")
    assert types(partition().send("sales.activities", activity)) == ["breaks_contract"]
