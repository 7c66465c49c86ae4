"""The profile of a lead: the values that the conditions of routes and paths test, read from its row.

In: a lead, its points and signals. Out: a LeadProfile. Facts of the company are not in it. It evaluates no condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Request
from workers.accounts.routing.territories import LeadProfile
from workers.accounts.worth.facts import current_facts, value_of
from workers.policy.stages import RAISED_HANDS

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow


def profile_of(
    terms: Terms, lead: LeadRow, total: int, grade: str, signals: frozenset[str], day: int
) -> LeadProfile:
    """Return the profile of a lead without a hand-off, as of a day. The caller adds what only a hand-off has."""
    job_title, job_function = value_of(lead.facts, "job_title"), value_of(lead.facts, "job_function")
    function, title = terms.gates.role(job_title, job_function)
    domain = (lead.email or "").partition("@")[2]
    return LeadProfile(
        lead.facts,
        total,
        grade,
        signals,
        campaign=lead.campaign,
        function=function or _stated(job_function),
        title=title or _stated(job_title),
        year=terms.year_of(day),
        has_free_mail=terms.domains.of_address(domain) is None if domain else None,
    )


def request_of(lead: LeadRow) -> str:
    """Return what the lead asked for last in this cycle. Empty: it raised no hand.

    A hand that was raised in a chat asks for a salesperson.
    """
    if not lead.raised_hand:
        return ""
    asked = next((fact for fact in current_facts(lead.facts) if fact.name == "request"), None)
    is_of_cycle = asked is not None and asked.at_ms > lead.said_no_ms and asked.value in RAISED_HANDS
    return asked.value if asked is not None and is_of_cycle else Request.CONTACT_SALES


def _stated(text: str | None) -> str | None:
    """Return that a fact is known and not listed (an empty text), or None if it is not known."""
    return "" if text is not None and any(map(str.isalpha, text)) else None
