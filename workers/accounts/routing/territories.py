"""Territories and named conditions: facts of a company, a person and a hand-off, tested by routes and paths.

In: conditions of the policy, and the known facts. Out: None if every condition holds, else the first that does not.
An unknown fact keeps a lead out. A known fact that fails is reported before an unknown one. It chooses no desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.vocabulary import RouteMiss
from workers.accounts.routing.lead_country import country_of, region_of
from workers.accounts.state.company_bounds import employees_bounds, revenue_bounds
from workers.accounts.worth.facts import PRODUCT, age_of, field_of, value_of
from workers.identity.industry_codes import is_covered
from workers.identity.region_names import is_in_regions
from workers.policy.conditions import GLOB_KEYS, IndustryCodes, Span, normalize_postal_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemas.vocabulary import Kind, MqlKind, Qualification
    from workers.accounts.state.facts import CampaignMark, Company, Fact
    from workers.policy.conditions import Conditions, NamedCondition

_FACTS = {
    "regions": "region",
    "countries": "country",
    "postal_codes": "postal_code",
    "languages": "language",
    "grades": "grade",
    "asks_for": "request",
    "kinds": "kind",
    "functions": "function",
    "titles": "title",
    "campaigns": "campaign",
    "sources": "campaign_source",
    "mediums": "campaign_medium",
    "forms": "form",
    "is_": "condition",
    "is_not": "condition",
}
"""Name of the fact that each condition tests, where the two names differ."""
NO_CONDITIONS: Mapping[str, NamedCondition] = {}
"""The named conditions of a policy that has none."""


class LeadProfile(NamedTuple):
    """The values of a lead that the conditions of routes test."""

    facts: tuple[Fact, ...] = ()
    """Facts of the person."""
    total: int = 0
    """Points of fit and behaviour with which the lead became due."""
    grade: str = ""
    """Grade of those points."""
    signals: frozenset[str] = frozenset()
    """Buying signals that the lead has given by now."""
    is_mql: bool = False
    """Whether the lead became an MQL in this cycle."""
    is_sql: bool = False
    """Whether sales qualified the lead in this cycle."""
    contact_owner: str | None = None
    """Rep who owns the person's record in the CRM. None: it names no one."""
    kind: Kind | None = None
    """Kind of the hand-off. None: there is none."""
    mql_kind: MqlKind | None = None
    """Kind of the MQL, for a hand-off of the kind ``mql``. None: another kind, or not known."""
    request: str = ""
    """Last request of the lead in this cycle. Empty: it raised no hand."""
    qualification: Qualification | None = None
    """Whether the lead is an MQL, for a hand-off that answers this. None: it does not."""
    campaign: CampaignMark | None = None
    """Campaign with which the lead became due. None: none."""
    function: str | None = None
    """Function of the person by the policy. Empty: none of the policy's. None: unknown."""
    title: str | None = None
    """Level of the person's title by the policy. Empty: none of the policy's. None: unknown."""
    year: int = 0
    """Calendar year of the decision, from which the age of a company is counted."""
    has_free_mail: bool | None = None
    """Whether the address is free mail or a throw-away one. None: the address is unknown."""


class UnmetCondition(NamedTuple):
    """The condition that keeps a lead out of a territory."""

    fact: str
    """Name of the fact that the condition tests."""
    why: RouteMiss
    """``elsewhere`` for a known fact, ``fact_unknown`` for an unknown one."""
    needed: str
    """Values that the condition needs, as text."""


def find_unmet(
    conditions: Conditions,
    company: Company | None,
    lead: LeadProfile,
    currency: str,
    named: Mapping[str, NamedCondition] = NO_CONDITIONS,
) -> UnmetCondition | None:
    """Return the first condition that a known fact fails, else the first whose fact is unknown, else None.

    ``named``: the conditions of the policy that have a name.
    """
    unknown: UnmetCondition | None = None
    for name, wanted in conditions.given.items():
        miss: UnmetCondition | None
        if name == "fields":
            miss = _find_unmet_field(conditions, company, lead)
        elif name in {"is_", "is_not"}:
            tested = _test_named(wanted, company, lead, currency, named)
            holds = tested if name == "is_" or tested is None else not tested
            needed = f"not {_text_of(wanted)}" if name == "is_not" else _text_of(wanted)
            miss = _miss_of(name, needed, holds=holds)
        else:
            miss = _miss_of(
                name, _text_of(wanted), holds=_test_fact(conditions, name, company, lead, currency)
            )
        if miss is not None and miss.why is RouteMiss.ELSEWHERE:
            return miss
        unknown = unknown or miss
    return unknown


def _test_fact(
    conditions: Conditions, name: str, company: Company | None, lead: LeadProfile, currency: str
) -> bool | None:
    """Whether a fact fulfils its condition. None: it is unknown."""
    wanted = conditions.given[name]
    if name == "unknown":
        return any(_found(_TESTED_BY[one], company, lead, currency) is None for one in wanted)
    if name in GLOB_KEYS:
        return _holds_glob(conditions, name, lead)
    found = _found(name, company, lead, currency)
    return None if found is None else _holds(name, wanted, found)


def _find_unmet_field(
    conditions: Conditions, company: Company | None, lead: LeadProfile
) -> UnmetCondition | None:
    """Return the first custom field that is known and does not match, else the first that is unknown, else None."""
    misses = []
    for name, pattern in conditions.field_patterns.items():
        found = field_of(company, lead.facts, name)
        holds = None if found is None else pattern.match(found) is not None
        misses.append(_miss_of(f"fields.{name}", _text_of(conditions.given["fields"][name]), holds=holds))
    known = (one for one in misses if one is not None and one.why is RouteMiss.ELSEWHERE)
    return next(known, None) or next(filter(None, misses), None)


def _miss_of(name: str, needed: str, *, holds: bool | None) -> UnmetCondition | None:
    """Return the condition as unmet, or None if it holds."""
    return None if holds else UnmetCondition(_FACTS.get(name, name), _MISS[holds], needed)


_STATED_TEXTS = {"forms": "form", "product_interest": PRODUCT}
"""Fact of the person that each condition with patterns tests. The others test the campaign."""
_MISS: dict[bool | None, RouteMiss] = {False: RouteMiss.ELSEWHERE, None: RouteMiss.FACT_UNKNOWN}
_TESTED_BY = {
    "region": "regions",
    "country": "countries",
    "postal_code": "postal_codes",
    "language": "languages",
    "revenue": "revenue",
    "employees": "employees",
    "industry": "industry",
    "relationship": "relationship",
    "function": "functions",
    "title": "titles",
    "age": "age",
    "product_interest": "product_interest",
}
"""The condition that tests each fact of ``unknown``."""


def _test_named(
    names: Iterable[str],
    company: Company | None,
    lead: LeadProfile,
    currency: str,
    named: Mapping[str, NamedCondition],
) -> bool | None:
    """Whether one of the named conditions holds. None: none does, and one is open because of an unknown fact."""
    misses = [find_unmet(named[name], company, lead, currency) for name in names]
    if any(miss is None for miss in misses):
        return True
    is_open = any(miss is not None and miss.why is RouteMiss.FACT_UNKNOWN for miss in misses)
    return None if is_open else False


def _found(  # noqa: C901, PLR0911, PLR0912 - one line per condition
    name: str, company: Company | None, lead: LeadProfile, currency: str
) -> Any:
    """Return the fact that a condition tests, or None if it is unknown."""
    match name:
        case "regions":
            return region_of(company, lead.facts)
        case "countries":
            return country_of(company, lead.facts)
        case "postal_codes":
            return value_of(lead.facts, "postal_code")
        case "languages":
            return value_of(lead.facts, "language")
        case "revenue":
            return revenue_bounds(company, currency)
        case "employees":
            return employees_bounds(company)
        case "grades":
            return lead.grade
        case "signals":
            return lead.signals
        case "asks_for":
            return lead.request
        case "kinds":
            return frozenset(filter(None, (lead.kind, lead.mql_kind)))
        case "qualification":
            return lead.qualification or ""
        case "industry":
            return company if company is not None and (company.sic or company.naics) else None
        case "relationship":
            return None if company is None else company.relationship
        case "functions":
            return lead.function
        case "titles":
            return lead.title
        case "age":
            return age_of(company, lead.year)
        case "product_interest":
            return value_of(lead.facts, PRODUCT)
        case "free_mail":
            return None if lead.has_free_mail is None else "yes" if lead.has_free_mail else "no"
        case _:
            return lead.total


def _holds(name: str, wanted: Any, found: Any) -> bool | None:
    """Whether a known fact fulfils its condition. None: only a part of its range does."""
    if isinstance(wanted, Span):
        return wanted.holds_range(*found) if isinstance(found, tuple) else wanted.holds(found)
    if isinstance(wanted, IndustryCodes):
        return _has_code(wanted, found)
    if name == "regions":
        region, country = found
        return is_in_regions(region, country, wanted)
    if name == "postal_codes":
        return normalize_postal_code(found).startswith(wanted)
    if name in {"signals", "kinds"}:
        return not found.isdisjoint(wanted)
    return found == wanted if isinstance(wanted, str) else found in wanted


def _has_code(wanted: IndustryCodes, company: Company) -> bool | None:
    """Whether one of the company's codes is listed. None: only some codes of a range are."""
    codes = [("sic", code) for code in company.sic] + [("naics", code) for code in company.naics]
    answers = {is_covered(code, wanted.prefixes[system]) for system, code in codes}
    return True if True in answers else None if None in answers else False


def _holds_glob(conditions: Conditions, name: str, lead: LeadProfile) -> bool | None:
    """Whether the lead's campaign or form matches a pattern. A lead without a campaign has none: that is known."""
    if name in _STATED_TEXTS:
        found = value_of(lead.facts, _STATED_TEXTS[name])
        if found is None:
            return None
    else:
        campaign = lead.campaign
        values = (campaign.name, campaign.source, campaign.medium) if campaign is not None else ("", "", "")
        found = dict(zip(GLOB_KEYS, values, strict=False))[name]
    patterns = conditions.patterns
    return bool(found) and patterns[name].match(found or "") is not None


def _text_of(wanted: Any) -> str:
    """Return the wanted values as text, at most 20 of them."""
    if isinstance(wanted, Span | IndustryCodes | str):
        return str(wanted)
    most = 20
    return ", ".join(wanted[:most]) + (" ..." if len(wanted) > most else "")
