"""What a lead needs of the rep who takes it: a language and knowledge of a segment, as the policy's skills say.

In: what is known of the company and the person. Out: names that desks compare with what reps have. The language is the one
that the person stated, else it goes by the country that the person named, else by the company's; the segment goes by the
company's size. What is not known needs nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from workers.accounts.worth.facts import value_of

if TYPE_CHECKING:
    from workers.accounts.state.facts import Company, Fact
    from workers.policy.model import Policy


class Needs(NamedTuple):
    """What a lead needs; None: nothing special."""

    language: str | None = None
    segment: str | None = None


NOTHING = Needs()


def needs_of(policy: Policy, company: Company | None, facts: tuple[Fact, ...]) -> Needs:
    """Return what a person with these facts at this company needs."""
    skills = policy.skills
    if skills is None:
        return NOTHING
    stated = value_of(facts, "language")
    named = value_of(facts, "country")
    country = named.upper() if named else company.country if company else None
    is_readable = company is not None and company.revenue is not None and company.currency == policy.currency
    revenue = Decimal(company.revenue or 0) if company is not None and is_readable else None
    return Needs(
        skills.stated(stated) if stated else skills.language_of(country),
        skills.segment_of(revenue, company.employees if company else None),
    )
