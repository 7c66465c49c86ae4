"""Whatever a CRM writes, in any order: each person who asked for sales is with exactly one rep, or held for a named reason."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.crm_histories import KEY, CrmStep, Played, histories, play
from tests.scenarios.story import POLICY
from workers.accounts.routing.ownership import owner_of
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow, PendingRow
from workers.accounts.state.lead import LeadRow
from workers.identity.addresses import normalise
from workers.identity.lead_ids import person_of
from workers.policy.load import load_policy

EXAMPLES = int(os.environ.get("OPEN_REQUEST_EXAMPLES", "120"))
POLICY_NOW = load_policy(POLICY.read_text("utf-8"))
EXCLUDED = {"competitor", "excluded", "own_domain"}


def requests_of(played: Played) -> list[dict[str, Any]]:
    """Return the revisions of all hand-offs for a request. An MQL with a label is left out."""
    return [e for e in played.results.of("lead.routing") if "qualification" in e and e["kind"] != "mql"]


def open_requests(played: Played, lead_id: str) -> list[dict[str, Any]]:
    """Return the last revision of each open hand-off for a request of the lead."""
    last = {e["handoff_id"]: e for e in requests_of(played) if e["lead_id"] == lead_id}
    return [e for e in last.values() if e["action"] != "withdrawn"]


def check_each_request(played: Played) -> None:
    """Each request that sales has not answered is with one rep or desk, or its lead is excluded with a reason."""
    stored: dict[str, tuple[str, LeadRow]] = {}
    for (key, lead_id), row in played.rows.scan(LeadRow, limit=99):
        if lead_id not in stored or row.moves > stored[lead_id][1].moves:
            stored[lead_id] = key, row
    for email, asked in played.asked.items():
        lead_id = person_of(normalise(email), KEY).lead_id
        key, lead = stored[lead_id]
        found = open_requests(played, lead_id)
        assert len(found) <= 1
        if any(at_ms >= asked[0] for at_ms in played.fed_back.get(email, [])):
            continue
        reasons = {
            reason
            for e in played.results.of("lead.stages")
            if e["lead_id"] == lead_id and e["to_stage"] == "disqualified"
            for reason in e["explanation"]["reasons"]
        }
        if lead.stage == "disqualified":
            assert not found
            assert reasons & EXCLUDED
            assert lead.pending or lead.handoffs, "the request is held"
        else:
            assert len(found) == 1, f"{key}: no rep has the request"
            assert found[0]["account_key"] == key
            check_revisions(played, lead_id)


def check_revisions(played: Played, lead_id: str) -> None:
    """A request that stays under one key stays one hand-off. As long as one assignee has it, its deadline stays."""
    revisions = [e for e in requests_of(played) if e["lead_id"] == lead_id]
    if not any("account_moved" in e["explanation"]["reasons"] for e in revisions):
        assert len({e["handoff_id"] for e in revisions}) == 1
    with_assignee = [e for e in revisions if e["action"] != "withdrawn"]
    if len({e["assignee"]["id"] for e in with_assignee}) == 1:
        assert (
            max(e["first_response_due_at"] for e in with_assignee)
            == with_assignee[0]["first_response_due_at"]
        )


def check_accounts(played: Played) -> None:
    """Each account has one holder at every prefix. At the end it is the owner, and nothing waits or is in transit."""
    for key, after in played.results.holders.items():
        assert all(len(held) <= 1 for held in after), key
    accounts = {parts[0]: row for parts, row in played.rows.scan(AccountRow, limit=99)}
    excluded = {
        parts[0]
        for parts, row in played.rows.scan(LeadRow, limit=99)
        if row.stage == "disqualified" and row.verdict is None
    }
    for key, account in accounts.items():
        assert (account.request, account.moving_to, account.leaving) == (None, None, 0)
        if key in excluded:
            continue
        assert (account.on_way, account.waiting, played.rows.scan(PendingRow, key, limit=9)) == (0, 0, [])
        owner = owner_of(POLICY_NOW, account)
        for _, row in played.rows.scan(HandoffRow, key, limit=99):
            assert owner is None or row.holder.stands_for == owner.rep_id
            assert row.holder.id == (account.holder.id if account.holder else None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories, st.sampled_from([1, 200]))
def test_each_request_ends_with_one_rep_or_a_named_reason(history: list[CrmStep], leads_at_once: int) -> None:
    played = play(history, leads_at_once=leads_at_once)
    assert played.results.dead_letter_reasons == []
    check_each_request(played)
    check_accounts(played)
