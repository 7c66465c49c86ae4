from __future__ import annotations

from typing import Any

from tests.edge import KEY, MINUTE, NOON, Partition, activity, form, policy_with, types
from workers.visitors.agent import spec
from workers.visitors.rows import HistoryRow, VisitorRow

ADA = "ada@bank.com"
YES: dict[str, Any] = {"tracking": True, "marketing": True}
NO: dict[str, Any] = {"tracking": False}


def statements(fact: dict[str, Any]) -> dict[str, tuple[bool, int]]:
    return {one["purpose"]: (one["given"], one["at_ms"] - NOON) for one in fact["consents"]}


def partition() -> Partition:
    return Partition(spec(KEY, 1))


def test_of_an_activity_that_refuses_tracking_only_the_refusal_is_kept() -> None:
    visitors = partition()
    visitors.send(
        "web.activity", activity("a1", anonymous_id="x", url="https://ours.example/pricing", consent=NO)
    )
    ((_, row),) = visitors.rows(HistoryRow)
    assert (row.activity, row.url, row.consent) == ("", None, (False, None))

    identified, refusal, _ = visitors.send("form.fills", form("f1", NOON + 1, anonymous_id="x", email=ADA))
    assert statements(identified) == {"tracking": (False, 0)}
    assert (refusal["type"], refusal["event_id"], statements(refusal)) == (
        "lead_consent",
        "a1",
        {"tracking": (False, 0)},
    )
    assert refusal["is_activity"]  # fmt: skip


def test_the_latest_consent_statement_by_its_own_time_holds_in_any_order_of_arrival() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a2", NOON + 2 * MINUTE, anonymous_id="x", consent=NO))
    visitors.send("web.activity", activity("a1", NOON + MINUTE, anonymous_id="x", consent=YES))
    identified, *_ = visitors.send(
        "form.fills", form("f1", NOON + 3 * MINUTE, anonymous_id="x", email=ADA, consent={"marketing": False})
    )
    assert statements(identified) == {"tracking": (False, 2 * MINUTE), "marketing": (False, 3 * MINUTE)}


def test_a_form_that_refuses_tracking_states_it_before_the_history_is_emitted() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", anonymous_id="x"))
    facts = visitors.send("form.fills", form("f1", NOON + 1, anonymous_id="x", email=ADA, consent=NO))
    assert types(facts) == ["lead_identified", "lead_activity", "lead_form"]
    assert statements(facts[0]) == {"tracking": (False, 1)}


def test_consent_of_a_known_visitor_is_sent_with_each_event() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA))
    (agreed,) = visitors.send("web.activity", activity("a1", NOON + 1, anonymous_id="x", consent=YES))
    (refused,) = visitors.send("web.activity", activity("a2", NOON + 2, anonymous_id="x", consent=NO))
    assert (agreed["type"], agreed["consent"]) == ("lead_activity", YES)
    assert refused["type"] == "lead_consent"
    assert visitors.rows(VisitorRow)[0][1].consents == ()


def test_a_refused_activity_counts_if_the_policy_counts_everything() -> None:
    visitors = Partition(spec(KEY, 1), policy=policy_with(("count_nothing ", "count_everything ")))
    (_, fact) = visitors.send("web.activity", activity("a1", email=ADA, consent=NO))
    assert (fact["type"], fact["activity"]) == ("lead_activity", "page_view")


def test_a_consent_statement_survives_the_history_that_is_deleted() -> None:
    visitors = Partition(spec(KEY, 1), policy=policy_with(("events: 200", "events: 2")))
    visitors.send("web.activity", activity("a0", anonymous_id="x", consent=NO))
    for number in range(1, 6):
        visitors.send("web.activity", activity(f"a{number}", NOON + number, anonymous_id="x"))
    identified, *history, _ = visitors.send("form.fills", form("f1", NOON + 9, anonymous_id="x", email=ADA))
    assert types(history) == ["lead_activity", "lead_activity"]
    assert statements(identified) == {"tracking": (False, 0)}
