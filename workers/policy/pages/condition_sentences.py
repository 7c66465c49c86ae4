"""The sentences of conditions: those of route lines, and those that lines test by name."""

from __future__ import annotations

from typing import Final

from workers.policy.pages.sentence import Sentence

_S = Sentence

_OF_LEADS: Final[dict[str, Sentence]] = {
    "regions": _S("the region is {v:any}"),
    "countries": _S("the country of the company or, if unknown, of the person is {v:any}"),
    "postal_codes": _S("the postal code begins with {v:any}"),
    "languages": _S("the person asked for the language {v:any}"),
    "revenue": _S("the revenue is {v}", inline=True),
    "employees": _S("the number of employees is {v}", inline=True),
    "grades": _S("the grade is {v:any}"),
    "total": _S("the points are {v}", inline=True),
    "signals": _S("the lead has the signal {v:any}"),
    "asks_for": _S("the person asks for {v:words}"),
    "kinds": _S("the hand-off is {v:kinds}"),
    "qualification": _S("the answer to whether it is an MQL is {v:words}"),
    "industry": _S("the industry has {v}", inline=True),
    "relationship": _S("the CRM calls the company {v:words}"),
    "functions": _S("the function of the person is {v:any}"),
    "titles": _S("the level of the title is {v:any}"),
    "free_mail": _S("the person {v:free_mail} from free mail"),
    "campaigns": _S("the campaign is {v:glob}"),
    "sources": _S("the source of the campaign is {v:glob}"),
    "mediums": _S("the medium of the campaign is {v:glob}"),
    "forms": _S("the last form is {v:glob}"),
    "age": _S("the company is {v} old", inline=True),
    "product_interest": _S("the product interest is {v:glob}"),
    "fields": _S("the field {v:fields}"),
    "unknown": _S("we do not know the {v:words}"),
}
"""By key, for both models of conditions on a lead."""
CONDITION_SENTENCES: Final[dict[str, Sentence]] = {
    **{f"{model}.{key}": one for model in ("NamedCondition", "Territory") for key, one in _OF_LEADS.items()},
    "Territory.is": _S("the condition {v:any} holds"),
    "Territory.is_not": _S("the condition {v:any} does not hold"),
    "IndustryCodes.sic": _S("an SIC code that begins with {v:any}"),
    "IndustryCodes.naics": _S("a NAICS code that begins with {v:any}"),
    "Span.from": _S("{v:money} or more"),
    "Span.to": _S("{v:money} or less"),
    "YearsSpan.from": _S("{v:years} or more"),
    "YearsSpan.to": _S("{v:years} or less"),
    "TotalSpan.from": _S("{v} or more"),
    "TotalSpan.to": _S("{v} or less"),
}
"""By model and key, as in sentences.py."""
