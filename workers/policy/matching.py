"""Models of the ``matching`` section: matching of people to companies by the company name.

In: texts checked by workers/policy/load.py. Out: typed rules. An e-mail domain that the CRM lists for a company always
proves the match, so the policy has no key for it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workers.policy.part import Part
from workers.policy.scalars import refuse

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


class Matching(Part):
    """Matching of people to companies without a known e-mail domain. Left out: such people are not matched."""

    company_name: ByName
    """Matching by company name, as ``{demands: [phone, postal_code]}``.

    ``{}`` accepts every name that matches exactly one company of the CRM.
    """
