"""The messages that a record opens, updates or closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from desk_market import NOW, DeskMarket

from schemas.topics import LEAD_ROUTING, LEAD_SCORES
from workers.notify.delivery_steps import State
from workers.notify.intake import end_of_quiet_ms


def test_a_handoff_opens_a_message_at_each_place_of_its_rep_and_at_no_other(market: DeskMarket) -> None:
    market.handoff(1, "rep-luis")
    assert market.waiting() == [("hook", "luis", "open"), ("slack", "ULUIS", "open")]


def test_a_withdrawal_closes_the_message(market: DeskMarket) -> None:
    market.handoff(1)
    market.handoff(2, None)
    assert market.waiting() == [
        ("slack", "UDANA", "open"),
        ("slack", "UDANA", "close"),
    ] or market.waiting() == [
        ("slack", "UDANA", "close"),
        ("slack", "UDANA", "open"),
    ]


def test_another_holder_gets_a_message_and_the_former_one_a_close(market: DeskMarket) -> None:
    market.handoff(1)
    market.handoff(2, "rep-mona")
    assert market.waiting() == [
        ("slack", "UDANA", "close"),
        ("slack", "UDANA", "open"),
        ("slack", "UMONA", "open"),
    ]


def test_a_relabelled_handoff_updates_the_message_of_its_holder(market: DeskMarket) -> None:
    market.handoff(1)
    market.handoff(2, action="relabelled")
    assert market.waiting() == [("slack", "UDANA", "open"), ("slack", "UDANA", "update")]


def test_a_handoff_that_comes_back_is_a_new_message(market: DeskMarket) -> None:
    market.handoff(1)
    market.handoff(2, "rep-mona")
    market.handoff(3)
    assert len(market.tables.open_cards(handoff_id="domain:norrbank.example#1.1")) == 1
    assert market.waiting().count(("slack", "UDANA", "open")) == 2


def test_a_repeated_and_an_older_revision_change_nothing(market: DeskMarket) -> None:
    market.handoff(1)
    market.handoff(2, "rep-mona")
    before = market.waiting()
    market.handoff(1)
    market.handoff(2, "rep-mona")
    assert market.waiting() == before


def test_a_desk_and_a_partner_have_places_of_their_own(market: DeskMarket) -> None:
    market.handoff(1, assignee={"type": "desk", "id": "desk:service"}, handoff_id="a#1")
    market.handoff(
        1, assignee={"type": "partner", "id": "partner:acme"}, handoff_id="b#1", event_id="route-b"
    )
    assert market.waiting() == [("hook", "acme", "open"), ("slack", "CSERVICE", "open")]


def test_an_overdue_alert_goes_to_those_it_names_and_its_end_closes_it(market: DeskMarket) -> None:
    market.handoff(1)
    alert = market.alert(1)
    market.alert(2, line=1)
    assert [one[1] for one in market.waiting() if one[2] == "close"] == ["UDANA", "UMONA"]
    assert market.tables.open_cards(alert_id=alert["alert_id"]) == []


def test_an_alert_about_another_matter_notifies_no_rep(market: DeskMarket) -> None:
    market.alert(1, line=2)
    market.alert(2, line=3)
    assert market.waiting() == []


def test_what_was_decided_before_the_first_start_is_known_and_notifies_no_rep(market: DeskMarket) -> None:
    value = market.handoff(1, "rep-mona")
    market.apply(
        LEAD_ROUTING.name, "old#1", value | {"handoff_id": "old#1", "event_id": "route-old"}, NOW - 1
    )
    assert market.tables.handoff("old#1") is not None
    assert len(market.waiting()) == 1


def test_an_erasure_deletes_what_is_known_and_closes_the_message_without_data_of_the_person(
    market: DeskMarket,
) -> None:
    value = market.handoff(1)
    erased = value["explanation"] | {"reasons": ["erased"]}
    market.handoff(2, None, explanation=erased)
    held = market.tables.handoff(value["handoff_id"])
    assert held is not None
    assert held.value.person is None
    market.store.prune(0)
    raw = market.path.read_bytes() + market.path.with_name("notify.sqlite-wal").read_bytes()
    assert b"anna.larsson" not in raw
    assert b"norrbank" in raw  # its message must still be closed
    for card in market.tables._cards("handoff_id = ?", (value["handoff_id"],)):
        deliveries = market.tables.open_deliveries(card.card_id)
        market.tables.set_deliveries([replace(one, state=State.DONE) for one in deliveries])
    market.store.prune(0)
    raw = market.path.read_bytes() + market.path.with_name("notify.sqlite-wal").read_bytes()
    assert b"norrbank" not in raw


def test_a_record_that_breaks_the_contract_is_passed_over(market: DeskMarket) -> None:
    market.apply(LEAD_ROUTING.name, "x", {"handoff_id": 5})
    market.handoff(1)
    assert market.waiting() == [("slack", "UDANA", "open")]


def test_the_notifier_reads_no_scores(market: DeskMarket) -> None:
    assert LEAD_SCORES.name not in market.store.topics


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-04T01:30", "2026-03-04T12:30"),  # 20:30 in New York
        ("2026-03-04T12:29", "2026-03-04T12:30"),  # 07:29
        ("2026-03-04T12:30", "2026-03-04T12:30"),  # 07:30: no longer quiet
        ("2026-03-08T06:00", "2026-03-08T11:30"),  # the night in which the clock moves
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_reader(now: str, until: str) -> None:
    def ms(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)

    assert end_of_quiet_ms((time(20), time(7, 30)), "America/New_York", ms(now)) == ms(until)
