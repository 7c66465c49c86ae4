"""An account goes on to a partner, and comes back: qualified by inside sales, returned, or not answered in time.

In: what sales or the partner says, the timer of the first response. Out: leads that are due, hand-offs withdrawn. The
account goes and comes as a whole, so that it has one owner; points count by their own dates, whoever had it meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import AssigneeType, Reason
from workers.accounts.account_keys import aliases
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.handoffs import bulk_transfer, handoffs, open_index
from workers.accounts.handoffs.queue import make_due, no_longer_due
from workers.accounts.routing.ownership import right_of
from workers.accounts.routing.partners import PREFIX, Covering, is_with_partner, partner_of, why_not
from workers.accounts.stages.qualifying import Due, Occasion, new_cycle
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import start_cursor

if TYPE_CHECKING:
    from workers.accounts.case import Case

TAKE_BACK: Final = "given_back"
"""The cursor over the hand-offs of a large account that a partner gave back."""


def hand_on(case: Case, lead_id: str) -> None:
    """A lead that inside sales has qualified is due for the partner who gets SQLs; an owner by right keeps it."""
    policy, account = case.terms.policy, case.account
    if is_with_partner(account) or right_of(policy, account) is not None:
        return
    found = why_not(policy, account, is_mql=True, is_sql=True)
    if not isinstance(found, Covering) or found.partner.gets != "sql":
        return
    lead = case.lead(lead_id)
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    day = max(case.terms.day_of(case.now_ms), score.latest_day)
    fit = fit_of(case.terms, account.company, lead.facts)
    total = fit.points + case.terms.rules.points(score.counts, day).points
    due = Due(day, (Reason.SALES_QUALIFIED,))
    case.put_lead(lead_id, make_due(case, lead_id, lead, due, total, fit.points))


def is_overdue(case: Case, handoff_id: str) -> bool:
    """Whether a partner has not answered in time and the agreement says that the account then comes back."""
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is None or row.touched_ms is not None or row.holder.type is not AssigneeType.PARTNER:
        return False
    found = partner_of(case.terms.policy, case.account)
    return found is not None and found.partner.then == "return"


def take_back(case: Case, why: Reason) -> None:
    """Take an account back from its partner: every lead begins a new cycle and is judged as of today."""
    holder = case.account.holder
    if holder is None or not is_with_partner(case.account):
        return
    if bulk_transfer.must_withdraw(case):
        bulk_transfer.partner_returns(case, why)
        return
    facts_day = max(case.account.facts_day, case.terms.day_of(case.now_ms))
    case.change(returned_by=holder.id.removeprefix(PREFIX), facts_day=facts_day)
    if open_index.is_large(case):
        bulk_transfer.over(case)
        case.change(holder=None)
        start_cursor(case.rows, TAKE_BACK, case.key)
        return
    _begin_anew(case, [row.lead_id for _, row in open_index.open_rows(case)], (why,))
    start_cursor(case.rows, aliases.LEADS, case.key)


def go_on(case: Case, position: str) -> str | None:
    """Begin anew with the next leads of a large account whose hand-offs were withdrawn; '' while there are more."""
    del position  # those done are gone
    rows = [row for _, row in open_index.open_rows(case)]
    _begin_anew(case, [row.lead_id for row in rows], rows[0].withdrawn_for if rows else ())
    if case.account.open_handoffs:
        return ""
    start_cursor(case.rows, aliases.LEADS, case.key)
    case.owner_question = True
    return None


def _begin_anew(case: Case, lead_ids: list[str], why: tuple[Reason, ...]) -> None:
    """Each lead begins a new cycle; when nothing of them is open they are judged."""
    raised: dict[str, bool] = {}
    for lead_id in dict.fromkeys(lead_ids):
        lead = case.lead(lead_id)
        raised[lead_id] = lead.raised_hand
        lead = handoffs.close_all_of(case, no_longer_due(case, lead_id, lead), why)
        lead, score = new_cycle(lead, case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow())
        case.put_lead(lead_id, lead)
        case.rows.put(score, case.key, lead_id)
    today = case.terms.day_of(case.now_ms)
    for lead_id, was_raised in raised.items():
        score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
        occasion = Occasion(today, earned=True, raised=was_raised)
        judge(case, lead_id, case.lead(lead_id), score, occasion, say=False)
