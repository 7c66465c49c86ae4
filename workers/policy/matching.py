"""Models of the ``matching`` section: matching by company name, and domains that belong to no company.

In: texts checked by workers/policy/load.py. Out: typed rules. An e-mail domain that the CRM lists for a company always
proves the match. The policy can only change which domains belong to no company.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workers.policy.part import Part
from workers.policy.scalars import Domain, refuse

Evidence = Literal["domain", "phone", "postal_code"]
"""Evidence beside a company name: an e-mail domain that spells the name, a phone number, a postal code."""
Evidences = Annotated[tuple[Evidence, ...], Field(max_length=3)]


class ByName(Part):
    """Rules for a person with a free-mail address, or an unknown domain, who names a company of the CRM."""

    demands: Evidences = ()
    """Evidence that is required beside the name; any one suffices, as ``[domain, phone]``. Left out: the name is enough."""
    proven_by: Evidences = ()
    """Evidence that proves the match; any one suffices, as ``[phone]``.

    Without it, each hand-off states that the match is unproven.
    """

    @model_validator(mode="after")
    def _require_each_once(self) -> ByName:
        for name in ("demands", "proven_by"):
            given = getattr(self, name)
            if len(set(given)) != len(given):
                refuse(f"each kind of evidence at most once in {name}", ", ".join(given))
        return self


Domains = Annotated[tuple[Domain, ...], Field(max_length=1_000)]


class DomainList(Part):
    """The policy's change of a list of domains that comes with the router."""

    add: Domains = ()
    """Domains that are added to the list, as ``[mail.example]``. A domain covers its subdomains."""
    not_: Annotated[Domains, Field(alias="not")] = ()
    """Domains that are taken from the list, as ``not: [cox.com]``, because one company has them."""

    @model_validator(mode="after")
    def _require_one_answer(self) -> DomainList:
        both = sorted(set(self.add) & set(self.not_))
        if both:
            refuse("a domain under add or under not", f"{', '.join(both)} under both")
        return self


class Matching(Part):
    """Matching of people to companies. Left out: no person is matched by name, and the lists of domains are unchanged."""

    company_name: ByName | None = None
    """Matching by company name, as ``{demands: [phone, postal_code]}``.

    ``{}`` accepts every name that matches exactly one company of the CRM. Left out: no person is matched by name.
    """
    free_mail: DomainList = DomainList()
    """Changes of the list of free-mail providers, as ``free_mail: {not: [cox.com]}``.

    Each person of a listed domain is an account of their own. People of any other domain share one.
    """
    shared_sites: DomainList = DomainList()
    """Changes of the list of web sites that companies share, as ``shared_sites: {add: [local-shops.example]}``.

    The CRM's account with such a web site is not found by that domain.
    """

    @model_validator(mode="after")
    def _require_a_key(self) -> Matching:
        if not self.model_fields_set:
            refuse("company_name, free_mail or shared_sites")
        return self
