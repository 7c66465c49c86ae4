"""Facts of persons and companies, read from forms and CRM records, and which value holds where two differ.

In: events. Out: parts of rows, and the fit of a person at a company. The CRM's value goes before a form's. Of one
source the latest by its own date holds, in any order of arrival. A blank never overwrites. A form's value is kept
behind the CRM's and holds again if the CRM's is removed. It writes no row.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Request
from workers.accounts.rulebook.fact_points import Stated
from workers.accounts.state.facts import CampaignMark, Company, Fact, Opportunity
from workers.identity.company_size import employees_range, revenue_range
from workers.identity.country_names import read_country
from workers.identity.custom_fields import fold_fields
from workers.identity.founded_years import read_founded
from workers.identity.industry_codes import codes_of, industry_word
from workers.identity.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from schemas.base import Campaign
    from schemas.crm_accounts import CrmAccount
    from schemas.lead_events import LeadForm
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow

PERSON_FACTS = (
    "first_name",
    "last_name",
    "company",
    "job_title",
    "job_function",
    "country",
    "postal_code",
    "region",
    "phone",
    "language",
    "product_interest",
)
"""Facts of a person that a form can state."""

PRODUCT = "product_interest"
"""Name of the fact that states the product in which a person is interested."""
FIELD = "field:"
"""Begin of the name of a fact that is a custom field of a form."""
_NOT_NAMES = frozenset({"job_title", "job_function", "postal_code", "region", "phone", "product_interest"})
"""Facts in which words such as "none" mean that nothing was given. Names may be such words."""
_MOST_CHARS = 500
"""Most characters of a fact that are kept."""
_ASKED = frozenset({Request.DEMO, Request.PRICING, Request.CONTACT_SALES, Request.SUPPORT})
"""Requests that need an answer. The latest is published with a hand-off."""


def with_form(
    facts: tuple[Fact, ...],
    form: LeadForm,
    *,
    keeps_form: bool = False,
    fields: Collection[str] = (),
) -> tuple[Fact, ...]:
    """Return the facts with those of the form. The same object if nothing changed.

    ``keeps_form``: whether the form itself is a fact too, because a condition of the policy tests it. ``fields``: the
    custom fields that the policy tests.
    """
    stated = ((name, stated_text(name, getattr(form, name))) for name in PERSON_FACTS)
    made = [Fact(name, value, form.occurred_at_ms) for name, value in stated if value]
    if form.request in _ASKED and not form.imported:  # an imported request was answered at the time
        made.append(Fact("request", form.request.value, form.occurred_at_ms))
    if keeps_form:
        made.append(Fact("form", form.form_id[:_MOST_CHARS], form.occurred_at_ms))
    if form.fields and fields:
        made += [
            Fact(f"{FIELD}{name}", value, form.occurred_at_ms)
            for name, value in form.fields.items()
            if name in fields
        ]
    return merge_facts(facts, made)


def stated_text(name: str, text: str | None) -> str:
    """Return the text of a fact as it is kept. Empty if it is blank, or means "not given" as N/A does."""
    value = (text or "").strip()[:_MOST_CHARS]
    return "" if name in _NOT_NAMES and is_placeholder(value) else value


def merge_facts(facts: tuple[Fact, ...], others: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the later value of each name and source, ordered by name with the CRM's first.

    The same object if nothing changed.
    """
    made = {(fact.name, not fact.is_crm): fact for fact in facts}
    for fact in others:
        place = (fact.name, not fact.is_crm)
        held = made.get(place)
        made[place] = fact if held is None else _later_of(held, fact)
    now = tuple(made[place] for place in sorted(made))
    return facts if now == facts else now


def _later_of(one: Fact, other: Fact) -> Fact:
    """Return the later of two facts, with the dates of its first occurrence and of the last different value."""
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
    """Return since when the present value of a fact is known, from any source. Milliseconds UTC. None: not known."""
    of_name = [fact for fact in facts if fact.name == name]
    return min((_first_ms(fact) for fact in of_name if fact.value == of_name[0].value), default=None)


def current_facts(facts: tuple[Fact, ...]) -> list[Fact]:
    """Return the facts that hold: the first of each name."""
    return [fact for at, fact in enumerate(facts) if not at or facts[at - 1].name != fact.name]


def value_of(facts: tuple[Fact, ...], name: str) -> str | None:
    """Return the value of the fact that holds, or None."""
    return next((fact.value for fact in facts if fact.name == name), None)


def field_of(company: Company | None, facts: tuple[Fact, ...], name: str) -> str | None:
    """Return a custom field: of the account, else of the last form that stated it. None: neither states it."""
    of_account = dict(company.fields) if company is not None else {}
    return of_account.get(name) or value_of(facts, f"{FIELD}{name}")


def age_of(company: Company | None, year: int) -> int | None:
    """Return the age of a company in calendar years, at least 0. None: its year of foundation is unknown."""
    return None if company is None or company.founded is None else max(year - company.founded, 0)


def fit_of(terms: Terms, company: Company | None, lead: LeadRow, day: int) -> Fit:
    """Return the fit of a lead at this company, as of a day: the age of the company depends on its year."""
    title, function = value_of(lead.facts, "job_title"), value_of(lead.facts, "job_function")
    asked = terms.gates.facts
    if not asked.asks_more:
        return terms.gates.fit(company, title, function)
    domain = (lead.email or "").partition("@")[2] if asked.asks_address else ""
    stated = Stated(
        domain,
        lead.role_address and asked.asks_address,
        age_of(company, terms.year_of(day)) if asked.asks_age else None,
        value_of(lead.facts, PRODUCT) if asked.asks_product else None,
        tuple(field_of(company, lead.facts, name) for name in asked.fields),
    )
    return terms.gates.fit(company, title, function, stated)


def latest_campaign(held: CampaignMark | None, campaign: Campaign | None, at_ms: int) -> CampaignMark | None:
    """Return the campaign with the later date. In one millisecond the greater name wins, in any order of arrival."""
    if campaign is None:
        return held
    if held is not None and (held.at_ms, held.name) >= (at_ms, campaign.name):
        return held
    return CampaignMark(campaign.name, campaign.source, campaign.medium, at_ms)


def company_of(account: CrmAccount) -> Company:
    """Return the CRM's record as a row keeps it. Lists whose order has no meaning are sorted."""
    revenue, employees = revenue_range(account.revenue), employees_range(account.employees)
    return Company(
        crm_account_id=account.crm_account_id,
        name=account.name,
        sic=codes_of(account.sic),
        naics=codes_of(account.naics),
        revenue=None if revenue is None else f"{revenue.low:f}",
        currency=None if revenue is None else revenue.currency,
        employees=None if employees is None else int(employees.low),
        country=read_country(account.country),
        region=None if is_placeholder(account.region or "") else (account.region or "").upper(),
        relationship=account.relationship,
        owner_rep_id=account.owner_rep_id,
        opportunities=tuple(
            sorted(
                (
                    Opportunity(
                        one.opportunity_id,
                        one.owner_rep_id,
                        0 if one.opened_at is None else ms_of(one.opened_at),
                    )
                    for one in account.open_opportunities
                ),
                key=lambda one: (one.opened_ms, one.opportunity_id),
            )
        ),
        confirmed_ms=None if account.facts_confirmed_at is None else ms_of(account.facts_confirmed_at),
        parent_crm_account_id=account.parent_crm_account_id,
        revenue_to=None if revenue is None or revenue.low == revenue.high else f"{revenue.high:f}",
        industry=industry_word(account.industry, (*account.sic, *account.naics)),
        employees_to=None if employees is None or employees.low == employees.high else int(employees.high),
        other_names=tuple(account.other_names),
        domains=tuple(account.domains),
        founded=read_founded(account.founded),
        fields=tuple(fold_fields(account.fields).items()),
    )


def market_facts_hash(company: Company | None, fields: Collection[str] = ()) -> str:
    """Return a hash of the facts that fit reads of a company. 16 hexadecimal digits; empty without a company.

    ``fields``: the custom fields to which the policy gives points.
    """
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
    later = (company.revenue_to, company.employees_to, company.industry)
    of_later = "" if later == (None, None, None) else repr(later)
    own = (company.founded, [one for one in company.fields if one[0] in fields])
    of_own = "" if own == (None, []) else repr(own)
    return sha256(f"{read!r}{of_later}{of_own}".encode()).hexdigest()[:16]


def ms_of(instant: datetime) -> int:
    """Return an aware datetime as milliseconds UTC."""
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000
