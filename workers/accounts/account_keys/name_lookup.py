"""The lookup of the company that leads name, for an account that has no CRM record.

In: forms that name a company, of a lead with a free-mail address or of a domain that no CRM record claims; answers of
the name's lookup key. Out: a question to that key, the answer in the account's row, an alert if several companies could
be meant. It never moves the key: crm_claims.py does so by the answer.

While the answer is missing, no desk is asked to take the account's leads. It normally arrives at once; after a minute
the leads are assigned without it.

Of a lead with free mail the latest value of each fact is used. The leads of a domain may mean several companies, so only
the facts of the latest form that names a company are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.account_links import NameAsked, NameDropped
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Alert
from workers.accounts.state.account import Naming
from workers.accounts.state.facts import Fact
from workers.accounts.worth.facts import current_facts, merge_facts, stated_text, value_of
from workers.engine.timers import cancel_timer, set_timer
from workers.identity.company_names import normalise_company
from workers.identity.crm_keys import name_key
from workers.outbox import fact_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.account_links import NameAnswered
    from schemas.lead_events import LeadForm
    from workers.accounts.case import Case, LeadInHand

NAME_TIMER: Final = "name"
"""Kind of the timer that ends the wait for an answer."""
WAIT_MS: Final = 60_000
"""Longest wait for an answer. Milliseconds."""
_SUBJECT: Final = "company name"
"""Subject of the alert that several companies could be meant."""
_LOOKUP_FACTS: Final = ("company", "country", "phone", "postal_code")
"""Facts that a question contains: the company name, and what separates companies of one name."""


def look_up_form_company(case: Case, form: LeadForm) -> None:
    """Look up the company that a form names. A forwarded form is skipped: the alias that forwarded it has looked it up."""
    if case.terms.policy.matching_by_name is None or form.origin_account_key is not None:
        return
    if form.company or case.account.naming is not None:
        stated = ((name, stated_text(name, getattr(form, name))) for name in _LOOKUP_FACTS)
        facts = [Fact(name, value, form.occurred_at_ms) for name, value in stated if value]
        _update_lookup(case, form.lead_id, facts)


def look_up_stated_company(hand: LeadInHand) -> None:
    """Look up the company that a lead named before the policy began to match by company names."""
    if hand.case.terms.policy.matching_by_name is None or hand.lead.home:
        return
    facts = [one for one in current_facts(hand.lead.facts) if one.name in _LOOKUP_FACTS]
    _update_lookup(hand.case, hand.lead_id, facts)


def apply_answer(case: Case, event: NameAnswered) -> bool:
    """Record an answer. Return whether the question was still open.

    An answer about a name that is no longer looked up changes nothing.
    """
    naming = case.account.naming
    if naming is None or naming.name != event.name:
        return False
    was_open = naming.is_open
    made = replace(
        naming,
        is_open=False,
        crm_account_id=event.crm_account_id or "",
        primary_key=event.primary_key or "",
        is_unproven=event.is_unproven,
        candidates=tuple(event.candidates),
    )
    _report_ambiguity(case, naming, made)
    case.change(naming=made)
    cancel_timer(case.rows, NAME_TIMER, case.key)
    case.request_needs_review = True
    return was_open


def stop_waiting(case: Case) -> None:
    """Stop waiting for a missing answer, so that a desk may be asked to take the leads."""
    naming = case.account.naming
    if naming is not None and naming.is_open:
        case.change(naming=replace(naming, is_open=False))
        case.request_needs_review = True


def cancel_lookup(case: Case) -> None:
    """Drop the account's question and clear its alert."""
    naming = case.account.naming
    if naming is None:
        return
    _report_ambiguity(case, naming, replace(naming, candidates=()))
    _publish_dropped(case, naming.name)
    cancel_timer(case.rows, NAME_TIMER, case.key)
    case.change(naming=None)


def _update_lookup(case: Case, lead_id: str, stated: Sequence[Fact]) -> None:
    """Ask again if a lead has named another company, or other facts of it. An earlier statement changes nothing."""
    if not _may_look_up(case):
        return
    held = case.account.naming
    is_alone = case.key.startswith("lead:")
    facts = merge_facts(held.facts if held is not None and is_alone else (), _without_placeholder(stated))
    name = normalise_company(value_of(facts, "company") or "")
    if name is None or (
        held is not None and (facts == held.facts or _named_at(facts) < _named_at(held.facts))
    ):
        return
    made = Naming(name=name, lead_id=lead_id, facts=facts, is_open=True)
    if held is not None:
        made = replace(
            made,
            crm_account_id=held.crm_account_id,
            primary_key=held.primary_key,
            is_unproven=held.is_unproven,
            candidates=held.candidates,
        )
        if held.name != name:
            _publish_dropped(case, held.name)
    case.change(naming=made)
    case.request_needs_review = True
    set_timer(case.rows, NAME_TIMER, case.key, case.now_ms + WAIT_MS)
    _publish_question(case, made)


def _may_look_up(case: Case) -> bool:
    """Whether the account is a lead with free mail, or a domain without a CRM record."""
    if case.account.is_shared:
        return False
    if case.key.startswith("lead:"):
        return True
    company = case.account.company
    return case.key.startswith("domain:") and not (company is not None and company.crm_account_id)


def _publish_question(case: Case, naming: Naming) -> None:
    """Send NameAsked to the lookup key of the name."""
    event = NameAsked(
        event_id=fact_id("name_asked", case.key, naming.name, case.event_id),
        account_key=name_key(naming.name),
        asker_key=case.key,
        country=value_of(naming.facts, "country"),
        postal_code=value_of(naming.facts, "postal_code"),
        phone=value_of(naming.facts, "phone"),
        domain=case.key.removeprefix("domain:") if case.key.startswith("domain:") else None,
    )
    case.publish(LEAD_EVENTS, event)


def _publish_dropped(case: Case, name: str) -> None:
    """Send NameDropped to the lookup key of a name."""
    event = NameDropped(
        event_id=fact_id("name_dropped", case.key, name, case.event_id),
        account_key=name_key(name),
        asker_key=case.key,
    )
    case.publish(LEAD_EVENTS, event)


def _report_ambiguity(case: Case, before: Naming, now: Naming) -> None:
    """Raise the alert that several companies could be meant, and clear it when the candidates change."""
    if before.candidates == now.candidates:
        return
    if before.candidates:
        case.clear_alert(Alert.COMPANY_AMBIGUOUS, _SUBJECT)
    if now.candidates:
        case.raise_alert(Alert.COMPANY_AMBIGUOUS, _SUBJECT, lead_id=now.lead_id, candidates=now.candidates)


def _without_placeholder(stated: Sequence[Fact]) -> list[Fact]:
    """Return the facts without a placeholder such as 'n/a' as company name. It replaces no earlier name."""
    return [one for one in stated if one.name != "company" or normalise_company(one.value) is not None]


def _named_at(facts: tuple[Fact, ...]) -> tuple[int, str]:
    """Return (date, name) of the company name, to order statements. Milliseconds UTC; -1 without a name."""
    return next(((one.at_ms, one.value) for one in facts if one.name == "company"), (-1, ""))
