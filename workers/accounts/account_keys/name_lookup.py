"""Which company does an account that the CRM does not know say it is? Asked at the key of the name, and followed.

In: forms of people with free mail, or of a domain without a claim, that name a company; answers. Out: questions, an
alias of the account that is meant, an alert where several could be. Until the answer is there nobody is asked to take
the account's leads: it comes at once, and a minute later it is waited for no more.

Of a person with free mail the latest of each fact holds; of a domain, whose people may mean several companies, what the
latest form says that names one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from schemas.account_links import NameAsked, NameDropped
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Alert
from workers.accounts.state.account import Naming
from workers.accounts.state.facts import Fact
from workers.accounts.worth.facts import current_facts, merge_facts, value_of
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
WAIT_MS: Final = 60_000
_SUBJECT: Final = "company name"
_ASKED_WITH: Final = ("company", "country", "phone", "postal_code")


def look_up_form_company(case: Case, form: LeadForm) -> None:
    """A form may name a company. Asked of the account's own forms only: one that was forwarded names it at its home."""
    if case.terms.policy.matching is None or form.origin_account_key is not None:
        return
    if form.company or case.account.naming is not None:
        said = ((name, (getattr(form, name) or "").strip()) for name in _ASKED_WITH)
        _named(case, form.lead_id, [Fact(name, value, form.occurred_at_ms) for name, value in said if value])


def look_up_stated_company(hand: LeadInHand) -> None:
    """Look up the company that a lead has named before the policy matched by company names."""
    if hand.case.terms.policy.matching is None or hand.lead.home:
        return
    facts = [one for one in current_facts(hand.lead.facts) if one.name in _ASKED_WITH]
    _named(hand.case, hand.lead_id, facts)


def apply_answer(case: Case, event: NameAnswered) -> bool:
    """Take an answer; whether it is one to a question that is open. To a name that is asked no more it is nothing."""
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
    _report(case, naming, made)
    case.change(naming=made)
    cancel_timer(case.rows, NAME_TIMER, case.key)
    case.request_needs_review = True
    return was_open


def stop_waiting(case: Case) -> None:
    """The name's key stays silent: leads are given to somebody meanwhile."""
    naming = case.account.naming
    if naming is not None and naming.is_open:
        case.change(naming=replace(naming, is_open=False))
        case.request_needs_review = True


def cancel_question(case: Case) -> None:
    """Take everything back that the account asked: its question, the alert."""
    naming = case.account.naming
    if naming is None:
        return
    _report(case, naming, replace(naming, candidates=()))
    _drop(case, naming.name)
    cancel_timer(case.rows, NAME_TIMER, case.key)
    case.change(naming=None)


def _named(case: Case, lead_id: str, said: Sequence[Fact]) -> None:
    if not _may_ask(case):
        return
    held = case.account.naming
    is_alone = case.key.startswith("lead:")
    facts = merge_facts(held.facts if held is not None and is_alone else (), _without_placeholder(said))
    name = normalise_company(value_of(facts, "company") or "")
    if name is None or (held is not None and (facts == held.facts or _when(facts) < _when(held.facts))):
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
            _drop(case, held.name)
    case.change(naming=made)
    case.request_needs_review = True
    set_timer(case.rows, NAME_TIMER, case.key, case.now_ms + WAIT_MS)
    _ask(case, made)


def _may_ask(case: Case) -> bool:
    """A domain that the CRM claims needs no name; an account without one has its record's."""
    if case.key.startswith("lead:"):
        return True
    company = case.account.company
    return case.key.startswith("domain:") and not (company is not None and company.crm_account_id)


def _ask(case: Case, naming: Naming) -> None:
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


def _drop(case: Case, name: str) -> None:
    event = NameDropped(
        event_id=fact_id("name_dropped", case.key, name, case.event_id),
        account_key=name_key(name),
        asker_key=case.key,
    )
    case.publish(LEAD_EVENTS, event)


def _report(case: Case, before: Naming, now: Naming) -> None:
    """Say between whom nothing decides; taken back when something does, or others are between."""
    if before.candidates == now.candidates:
        return
    if before.candidates:
        case.clear_alert(Alert.COMPANY_AMBIGUOUS, _SUBJECT)
    if now.candidates:
        case.raise_alert(Alert.COMPANY_AMBIGUOUS, _SUBJECT, lead_id=now.lead_id, candidates=now.candidates)


def _without_placeholder(said: Sequence[Fact]) -> list[Fact]:
    """A name that names no company is no more than a blank: it takes no other name away."""
    return [one for one in said if one.name != "company" or normalise_company(one.value) is not None]


def _when(facts: tuple[Fact, ...]) -> tuple[int, str]:
    return next(((one.at_ms, one.value) for one in facts if one.name == "company"), (-1, ""))
