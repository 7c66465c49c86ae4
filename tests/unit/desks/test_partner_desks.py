"""A request at a partner: assigned at once, with the agreed response time; an unknown partner is unavailable."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.vocabulary import Kind
from tests.hops.accounts.market import POLICY_TEXT, at
from tests.routes import CUSTOMER, NEVER, OPEN, PARTNER, REST, with_routes
from workers.desks.desk_terms import Terms
from workers.desks.partner_desks import decide_at_partner
from workers.desks.request_outcome import State
from workers.policy.load import load_policy

PARTNERS = "partners:\n  islands: {regions: [HI], gets: mql, answer_within: 16h, then: return, sees: [name]CALENDAR}\n"


def terms(calendar: str = "") -> Terms:
    before = PARTNERS.replace("CALENDAR", calendar)
    return Terms(load_policy(with_routes(POLICY_TEXT, (NEVER, CUSTOMER, OPEN, PARTNER, REST), before=before)))


def request(name: str) -> DeskRequest:
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
    )


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


def test_a_partner_that_the_policy_does_not_know_is_unavailable() -> None:
    assert decide_at_partner(terms(), request("gone"), 0).state is State.UNAVAILABLE
