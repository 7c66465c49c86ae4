"""What a company name is worth: whether people are matched by it, what must agree beside it, and what proves it.

In: texts checked by workers/policy/load.py. Out: typed rules. A domain that the CRM claims is always proof, so it is no
matter of the policy.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workers.policy.part import Part
from workers.policy.scalars import refuse

Evidence = Literal["domain", "phone", "postal_code"]
"""What can agree beside a name: an address whose domain spells it, a phone number, a postal code."""
Evidences = Annotated[tuple[Evidence, ...], Field(max_length=3)]


class ByName(Part):
    """Somebody with free mail, or of a domain that the CRM does not know, names a company of the CRM."""

    demands: Evidences = ()
    """Any one of these must agree beside the name, as ``[domain, phone]``; none given: the name suffices."""
    proven_by: Evidences = ()
    """Where any one of these agrees, the match is proven, as ``[phone]``; else each hand-off says that it is not."""

    @model_validator(mode="after")
    def _each_once(self) -> ByName:
        for name in ("demands", "proven_by"):
            given = getattr(self, name)
            if len(set(given)) != len(given):
                refuse(f"each kind of evidence once in {name}", ", ".join(given))
        return self


class Matching(Part):
    """How people who do not write from a company's own domain are matched to it. Not given: they are not."""

    company_name: ByName
    """As ``{demands: [phone, postal_code]}``; ``{}`` takes every name that fits one company of the CRM."""
