"""Leads judged again, in chunks: of one account whose facts changed, or of all after a new policy.

In: where a cursor stands. Out: where it goes on. A lead of an account that has become an alias is sent over instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_lookup
from workers.accounts.account_keys.lead_transfer import send_over
from workers.accounts.case import Case
from workers.accounts.desk_protocol import claim_refusals, requests
from workers.accounts.evaluation import expiry
from workers.accounts.evaluation.consents import under_policy
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.engine.api import Cursor, Emit
    from workers.engine.rows import Rows

POLICY = "policy"
"""The kind of the cursor over all leads."""
CHUNK = 50
"""Leads judged again in one step of a cursor."""


def leads_of(case: Case, position: str) -> str | None:
    """Judge the next leads of an account whose facts changed; return where to go on, or None."""
    account = case.account
    after = (case.key, position) if position else ()
    found = case.rows.scan(LeadRow, case.key, after=after, limit=CHUNK)
    for (_, lead_id), _ in found:
        if account.forwards_to and account.moving_to != "":
            send_over(case, lead_id, case.lead(lead_id), account.forwards_to)
        else:
            occasion = Occasion(account.facts_day, moved=_has_come_home(case.lead(lead_id)))
            _judge_again(case, lead_id, occasion, say=False)
    return found[-1][0][1] if len(found) == CHUNK else None


def all_leads(terms: Terms, rows: Rows, now_ms: int, cursor: Cursor) -> tuple[list[Emit], str | None]:
    """Judge the next of all leads by a new policy; return what is said, and where to go on."""
    after = tuple(cursor.position.split("\x00")) if cursor.position else ()
    found = rows.scan(LeadRow, after=after, limit=CHUNK)
    emits: list[Emit] = []
    for (key, lead_id), _ in found:
        case = Case(terms, rows, now_ms, key, fact_id(POLICY, terms.ref.hash, key, lead_id))
        case.owner_question = True
        if not case.account.forwards_to:
            _judge_again(case, lead_id, Occasion(terms.day_of(now_ms), counts=False), say=True)
            expiry.look_again(case, lead_id)
            name_lookup.lead_names(case, lead_id, case.lead(lead_id))
        emits += closed(case)
    return emits, "\x00".join(found[-1][0]) if len(found) == CHUNK else None


def closed(case: Case) -> list[Emit]:
    """Bring the account's request in line with what was decided, and return what is to be said."""
    if case.account.refused:
        claim_refusals.review(case)
    if case.owner_question:
        requests.settle(case)
    return case.close()


def _has_come_home(lead: LeadRow) -> bool:
    """Whether its hand-off was withdrawn because the account moved, and the account is back before the lead had left."""
    return lead.handed and lead.verdict is None and not (lead.pending or lead.handoffs)


def _judge_again(case: Case, lead_id: str, occasion: Occasion, *, say: bool) -> None:
    lead = case.lead(lead_id)
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    if say:
        score = under_policy(case, lead_id, score)
    judge(case, lead_id, lead, score, occasion, say=say)
