"""Model of the ``words`` section: the company's own words for requests and for reasons of a rejection."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from schemas.vocabulary import RejectReason, Request
from workers.policy.part import Part
from workers.policy.scalars import Name, refuse


def _require_own_words(value: dict[str, Request]) -> dict[str, Request]:
    for word in value:
        if word in set(Request):
            refuse("a word of your own: the contract has this one already", word)
    return value


def _require_own_reasons(value: dict[str, RejectReason]) -> dict[str, RejectReason]:
    for word in value:
        if word in set(RejectReason):
            refuse("a word of your own: the contract has this one already", word)
    return value


class Words(Part):
    """Words of forms and of sales tools that the contract does not have, and what each means.

    A word is compared in lower case, with underscores between its parts: "Request a quote" is ``request_a_quote``.
    """

    requests: Annotated[dict[Name, Request], Field(max_length=200), AfterValidator(_require_own_words)] = (
        Field(default_factory=dict)
    )
    """The request that the word of a form means: ``requests: {angebot: pricing, brochure: content}``. A word that is neither here nor
    in the contract raises a hand, as contact_sales, and is reported."""
    reasons: Annotated[
        dict[Name, RejectReason], Field(max_length=200), AfterValidator(_require_own_reasons)
    ] = Field(default_factory=dict)
    """The reason that sales' own word means, whose effect is in ``stages.sales_says_no``: ``reasons: {no_budget: not_now}``."""
