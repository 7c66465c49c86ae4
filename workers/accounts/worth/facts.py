"""Facts: what a form says of a person and the CRM of a company, and what of it holds where two disagree.

In: events. Out: rows' parts. Of a person the CRM's word goes before a form's, then the latest by its own date holds,
whatever arrives first, and a blank never overwrites. A form's fact stays behind the CRM's, should that go.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Request
from workers.accounts.state.facts import CampaignMark, Company, Fact, Opportunity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from schemas.base import Campaign
    from schemas.crm_accounts import CrmAccount
    from schemas.lead_events import LeadForm
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.rulebook.terms import Terms

PERSON_FACTS = (
    "first_name",
    "last_name",
    "company",
    "job_title",
    "job_function",
    "country",
    "postal_code",
    "phone",
    "language",
)

_ASKED = frozenset({Request.DEMO, Request.PRICING, Request.CONTACT_SALES, Request.SUPPORT})
"""Requests that somebody has to answer: the latest is said with a hand-off."""


def with_form(facts: tuple[Fact, ...], form: LeadForm) -> tuple[Fact, ...]:
    """Return the facts with what the form says; the same object where nothing changed."""
    said = ((name, (getattr(form, name) or "").strip()) for name in PERSON_FACTS)
    made = [Fact(name, value, form.occurred_at_ms) for name, value in said if value]
    if form.request in _ASKED and not form.imported:  # somebody had to answer it then
        made.append(Fact("request", form.request.value, form.occurred_at_ms))
    return merged(facts, made)


def merged(facts: tuple[Fact, ...], said: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the later of each fact, in the order of their names, the CRM's first; the same object where all is as it was."""
    made = {(fact.name, not fact.is_crm): fact for fact in facts}
    for fact in said:
        place = (fact.name, not fact.is_crm)
        held = made.get(place)
        made[place] = fact if held is None else _of_both(held, fact)
    now = tuple(made[place] for place in sorted(made))
    return facts if now == facts else now


def _of_both(one: Fact, other: Fact) -> Fact:
    """Return the later of two, with what is known of when the same and something else was said before."""
    before, now = sorted((one, other), key=lambda fact: (fact.at_ms, fact.value))
    if before.value == now.value:
        other_ms = max(before.other_ms, now.other_ms)
        firsts = [_first_ms(before), _first_ms(now)]
    else:
        other_ms = max(before.at_ms, now.other_ms)
        firsts = [_first_ms(now)]
    since_ms = min((at_ms for at_ms in firsts if at_ms > other_ms), default=now.at_ms)
    return replace(now, since_ms=0 if since_ms == now.at_ms else since_ms, other_ms=other_ms)


def _first_ms(fact: Fact) -> int:
    return fact.since_ms or fact.at_ms


def known_since_ms(facts: tuple[Fact, ...], name: str) -> int | None:
    """Return since when a fact is known as it holds, whoever said the same first; None where it is not known."""
    of_name = [fact for fact in facts if fact.name == name]
    return min((_first_ms(fact) for fact in of_name if fact.value == of_name[0].value), default=None)


def in_force(facts: tuple[Fact, ...]) -> list[Fact]:
    """Return the facts that hold: of each name the first."""
    return [fact for at, fact in enumerate(facts) if not at or facts[at - 1].name != fact.name]


def value_of(facts: tuple[Fact, ...], name: str) -> str | None:
    """Return the value of the fact that holds, or None."""
    return next((fact.value for fact in facts if fact.name == name), None)


def fit_of(terms: Terms, company: Company | None, facts: tuple[Fact, ...]) -> Fit:
    """Return the fit of a person with these facts at this company."""
    return terms.gates.fit(company, value_of(facts, "job_title"), value_of(facts, "job_function"))


def latest_campaign(held: CampaignMark | None, campaign: Campaign | None, at_ms: int) -> CampaignMark | None:
    """Return the campaign with the later date; of two in one millisecond the greater name, so order is nothing."""
    if campaign is None:
        return held
    if held is not None and (held.at_ms, held.name) >= (at_ms, campaign.name):
        return held
    return CampaignMark(campaign.name, campaign.source, campaign.medium, at_ms)


def company_of(account: CrmAccount) -> Company:
    """Return the CRM's record as a row keeps it; lists whose order says nothing are sorted."""
    return Company(
        crm_account_id=account.crm_account_id,
        name=account.name,
        sic=tuple(sorted(account.sic)),
        naics=tuple(sorted(account.naics)),
        revenue=None if account.revenue is None else f"{account.revenue.amount:f}",
        currency=None if account.revenue is None else account.revenue.currency,
        employees=account.employees,
        country=account.country.upper() if account.country else None,
        region=account.region.upper() if account.region else None,
        relationship=account.relationship,
        owner_rep_id=account.owner_rep_id,
        opportunities=tuple(
            sorted(
                (
                    Opportunity(one.opportunity_id, one.owner_rep_id, ms_of(one.opened_at))
                    for one in account.open_opportunities
                ),
                key=lambda one: (one.opened_ms, one.opportunity_id),
            )
        ),
        confirmed_ms=None if account.facts_confirmed_at is None else ms_of(account.facts_confirmed_at),
        parent_crm_account_id=account.parent_crm_account_id,
    )


def market_facts(company: Company | None) -> str:
    """Return a mark of the facts that the company's gates read: another mark, another fact."""
    if company is None:
        return ""
    read = (
        company.sic,
        company.naics,
        company.revenue,
        company.currency,
        company.employees,
        company.country,
        company.relationship.value,
    )
    return sha256(repr(read).encode()).hexdigest()[:16]


def ms_of(instant: datetime) -> int:
    """Return an aware instant as milliseconds UTC."""
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000
