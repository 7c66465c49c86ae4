"""Evaluate leads again, in chunks: those of one account whose facts changed, or all after a new policy or canary.

In: a cursor's position. Out: the position to continue at. A lead of an account that has become an alias is sent to the
account's new key instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_lookup, placements
from workers.accounts.account_keys.lead_transfer import send_lead
from workers.accounts.case import Case, LeadInHand
from workers.accounts.desk_protocol import claim_refusals, requests
from workers.accounts.desk_protocol.partner_loads import report_load
from workers.accounts.evaluation import expiry
from workers.accounts.evaluation.consents import apply_policy_days
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.routing.canary_accounts import Trial, with_other_policy
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.account import AccountRow
from workers.accounts.state.lead import LeadRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.engine.api import Canary, Cursor, Emit
    from workers.engine.rows import Rows

POLICY = "policy"
"""Kind of the cursor over all leads of the partition."""
CANARY = "canary"
"""Kind of the cursor over the leads of accounts that another policy decides after a change of the canary."""
_SEP = " "
"""Separator of the parts of that cursor's key: hash of the present policy, hash, step and share of the canary before."""


def evaluate_next(case: Case, position: str) -> str | None:
    """Evaluate the next leads of an account whose facts changed. Return where to continue, or None at the end."""
    account, limit = case.account, case.terms.leads_at_once
    after = (case.key, position) if position else ()
    found = case.rows.scan(LeadRow, case.key, after=after, limit=limit)
    for (_, lead_id), _ in found:
        hand = LeadInHand(case, lead_id)
        if account.forwards_to and account.moving_to != "":
            send_lead(hand, account.forwards_to)
        elif not placements.send_if_elsewhere(case, lead_id, hand.lead):
            occasion = Occasion(account.facts_day, moved=_has_returned(hand.lead))
            evaluate(hand, occasion, is_news=False)
    return found[-1][0][1] if len(found) == limit else None


def evaluate_next_of_all(
    terms: Terms, rows: Rows, now_ms: int, cursor: Cursor
) -> tuple[list[Emit], str | None]:
    """Evaluate the next of all leads by a new policy. Return the outputs and where to continue, or None at the end."""
    after = tuple(cursor.position.split("\x00")) if cursor.position else ()
    found = rows.scan(LeadRow, after=after, limit=terms.leads_at_once)
    emits: list[Emit] = []
    for (key, lead_id), _ in found:
        case = Case(terms, rows, now_ms, key, fact_id(POLICY, terms.ref.hash, key, lead_id))
        _evaluate_by_policy(case, lead_id)
        emits += close_case(case)
    return emits, "\x00".join(found[-1][0]) if len(found) == terms.leads_at_once else None


def canary_cursor_key(terms: Terms, before: Canary | None) -> str:
    """Return the key of the cursor that follows a change of the canary. No other change has the same.

    ``before``: the canary until then.
    """
    was = ("", 0, "") if before is None else (before.hash, before.step, before.share)
    return _SEP.join((terms.ref.hash, *map(str, was)))


def evaluate_next_on_other_side(
    terms: Terms, rows: Rows, now_ms: int, cursor: Cursor, trial: Trial
) -> tuple[list[Emit], str | None]:
    """Evaluate the next leads of accounts that another policy decides after a change of the canary.

    If the canary has changed once more, the cursor of that change finds the rest. After a new policy for all accounts, the
    cursor of that policy evaluates every lead.

    Args:
        terms: the terms of the present policy.
        rows: the rows of the partition.
        now_ms: stream time.
        cursor: its key has the canary until the change (``canary_cursor_key``).
        trial: the canary now.

    Returns:
        The outputs, and where to continue.
    """
    present, hash_, _, share = cursor.key.split(_SEP, 3)
    if present != terms.ref.hash:
        return [], None
    has_other = with_other_policy(Trial(hash_, share), trial, terms.policy)
    after = tuple(cursor.position.split("\x00")) if cursor.position else ()
    found = rows.scan(LeadRow, after=after, limit=terms.leads_at_once)
    emits: list[Emit] = []
    for (key, lead_id), _ in found:
        account = rows.get(AccountRow, key)
        if has_other(key, None if account is None else account.company):
            case = Case(terms, rows, now_ms, key, fact_id(CANARY, cursor.key, key, lead_id))
            _evaluate_by_policy(case, lead_id)
            emits += close_case(case)
    return emits, "\x00".join(found[-1][0]) if len(found) == terms.leads_at_once else None


def evaluate_next_of_side(case: Case, position: str) -> str | None:
    """Evaluate the next leads of an account that a canary has, or has no longer, because of a fact of its company."""
    limit = case.terms.leads_at_once
    found = case.rows.scan(LeadRow, case.key, after=(case.key, position) if position else (), limit=limit)
    for (_, lead_id), _ in found:
        _evaluate_by_policy(case, lead_id)
    return found[-1][0][1] if len(found) == limit else None


def _evaluate_by_policy(case: Case, lead_id: str) -> None:
    """Evaluate a lead by a policy that did not decide it before. The change alone makes no lead an MQL."""
    case.request_needs_review = True
    if case.account.forwards_to:
        return
    hand = LeadInHand(case, lead_id)
    apply_policy_days(hand)
    evaluate(hand, Occasion(case.terms.day_of(case.now_ms), counts=False), is_news=True)
    expiry.reschedule(hand)
    name_lookup.look_up_stated_company(hand)


def close_case(case: Case) -> list[Emit]:
    """Bring the account's request in line with what was decided, and return the outputs."""
    if case.account.refused:
        claim_refusals.review_refusals(case)
    if case.request_needs_review:
        requests.review_request(case)
    report_load(case)
    return case.close()


def _has_returned(lead: LeadRow) -> bool:
    """Whether the lead's hand-off was withdrawn by a key move that ended before the lead was sent to the other key."""
    return lead.handed and lead.verdict is None and not (lead.pending or lead.handoffs)
