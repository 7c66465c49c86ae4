"""A request at a partner: assigned at once, with the agreed response time; an unknown partner is unavailable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.desk_requests import DeskRequest, RequestMode, RunningClock
from schemas.vocabulary import Kind
from tests.hops.accounts.market import POLICY_TEXT, at
from tests.routes import CUSTOMER, NEVER, OPEN, PARTNER, REST, with_routes
from workers.desks.desk_terms import Terms
from workers.desks.partner_desks import decide_at_partner
from workers.desks.request_outcome import State
from workers.policy.load import load_policy

PARTNERS = "partners:\n  islands: {regions: [HI], gets: mql, answer_within: 16h, then: return, sees: [name]CALENDAR}\n"


def terms(calendar: str = "", within: str = "16h") -> Terms:
    before = PARTNERS.replace("CALENDAR", calendar).replace("16h", within)
    return Terms(load_policy(with_routes(POLICY_TEXT, (NEVER, CUSTOMER, OPEN, PARTNER, REST), before=before)))


def request(name: str, **given: Any) -> DeskRequest:
    return DeskRequest(
        request_id="q",
        desk=f"partner:{name}",
        account_key="domain:bank.example",
        lead_id="ann",
        handoff_id="h",
        mode=RequestMode.TURN,
        kind=Kind.PARTNER,
        total=120,
        since_ms=0,
        **given,
    )


def due_at(within: str, now: str, **given: Any) -> str:
    outcome = decide_at_partner(terms(within=within), request("islands", **given), at(now))
    assert outcome.deadline is not None
    return datetime.fromtimestamp(outcome.deadline.due_ms / 1000, UTC).isoformat()


@pytest.mark.parametrize(
    ("calendar", "due"),
    [("", "2026-03-03T21:00:00+00:00"), (", calendar: west", "2026-03-03T23:30:00+00:00")],
)
def test_the_partners_deadline_counts_in_the_partners_calendar(calendar: str, due: str) -> None:
    outcome = decide_at_partner(terms(calendar), request("islands"), at("2026-03-02 09:00"))
    assert outcome.state is State.ASSIGNED
    assert outcome.rep_id is None
    assert outcome.deadline is not None
    assert datetime.fromtimestamp(outcome.deadline.due_ms / 1000, UTC).isoformat() == due


@pytest.mark.parametrize(
    ("raised", "due"), [(True, "2026-03-04T15:30:00+00:00"), (False, "2026-03-09T14:30:00+00:00")]
)
def test_a_lead_who_asks_for_sales_has_a_time_of_its_own_in_working_days(*, raised: bool, due: str) -> None:
    within = "{raised_hand: 2d, mql: 5d}"
    assert due_at(within, "2026-03-02 10:30", raised_hand=raised) == due


def test_hand_offs_that_move_along_get_the_time_of_their_kind() -> None:
    clocks = [
        RunningClock(handoff_id="h", kind=Kind.PARTNER, raised_hand=one, for_kind=True)
        for one in (True, False)
    ]
    asked = request("islands", raised_hand=True, clocks=clocks)
    by_kind = decide_at_partner(terms(within="{raised_hand: 2h, mql: 3h}"), asked, at("2026-03-02 10:00"))
    one_time = decide_at_partner(terms(within="2h"), asked, at("2026-03-02 10:00"))
    assert by_kind.deadline is not None
    assert one_time.deadline is not None
    due = [(one.raised_hand, one.due_at_ms - by_kind.deadline.due_ms) for one in by_kind.deadline.clocks]
    assert due == [(True, 0), (False, 3_600_000)]
    assert one_time.deadline.clocks == ()


def test_a_reminder_comes_after_a_share_of_the_opening_hours_of_the_working_days() -> None:
    outcome = decide_at_partner(terms(within="1d"), request("islands"), at("2026-03-02 10:00"))
    assert outcome.deadline is not None
    assert outcome.deadline.soon_ms == at("2026-03-02 16:45")  # 6 h 45 min of 9 h


def test_a_partner_that_the_policy_does_not_know_is_unavailable() -> None:
    assert decide_at_partner(terms(), request("gone"), 0).state is State.UNAVAILABLE
