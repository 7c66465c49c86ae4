"""Sentences of ``lead-router policy explain`` for points of fit without a gate, joined gates, decay and rules of several events.

sentences.py includes them.
"""

from __future__ import annotations

from typing import Final

from workers.policy.pages.sentence import Sentence

_S = Sentence

NO_DECAY_SENTENCE: Final = "no decay: the points of an event stay the same"
"""The sentence of ``fade: none``."""
SCORING_SENTENCES: Final[dict[str, Sentence]] = {
    "Policy.fit": _S("Points for facts that are not gates (an unknown fact gives 0 points)"),
    "Policy.gates": _S("Gates of which some are enough (a gate that is not listed here must pass)"),
    "FitPoints.proof": _S("{v:proof}"),
    "FitPoints.employees": _S("Number of employees"),
    "FitPoints.revenue": _S("Yearly revenue"),
    "FitPoints.country": _S("Country of the company"),
    "FitPoints.industry": _S("Industry of the company"),
    "FitPoints.functions": _S("Function of the person, beside the points of a listed one"),
    "FitPoints.free_mail": _S("{v:fit_points} for a free-mail address"),
    "FitPoints.role_address": _S("{v:fit_points} for the address of a role, as info@"),
    "FitPoints.domains": _S("Domain of the e-mail address"),
    "FitPoints.age": _S("Age of the company in calendar years"),
    "FitPoints.product_interest": _S("Product in which the person is interested"),
    "FitPoints.fields": _S("Custom fields of the account, else of the person's forms"),
    "Decay.to_zero_after_days": _S(
        "decay: the points of each event fall to zero in a straight line over {v} days"
    ),
    "Decay.half_life_days": _S("decay: of the points of each event, half are left after {v} days"),
    "Decay.steps": _S("decay: of the points of each event, {v:left}"),
    "Rule.all_of": _S("for all of {v:all}, in any order, and then once"),
    "Rule.at_least_times": _S("with {v} or more of them, and then once"),
    "Rule.within": _S("within {v} days, the last one included"),
    "Mql.or_does": _S(
        "with fewer points, a lead that passes every gate is an MQL (product-qualified) as soon as one of these rules counts: {v:all}"
    ),
    "JoinedGates.at_least": _S("at least {v} must pass"),
    "JoinedGates.of": _S("of {v:all_words}"),
    **{
        f"{line}.{name}": sentence
        for line in (
            "SizeLine",
            "CountryLine",
            "IndustryLine",
            "FunctionLine",
            "DomainLine",
            "AgeLine",
            "PatternLine",
            "FieldLine",
        )
        for name, sentence in {
            "points": _S("{v:fit_points}"),
            "otherwise": _S("{v:fit_points} for any other known value"),
        }.items()
    },
    "SizeLine.from": _S("from {v:money}"),
    "SizeLine.to": _S("up to {v:money}"),
    "AgeLine.from": _S("from {v:years} on"),
    "AgeLine.to": _S("up to {v:years}"),
    "PatternLine.in": _S("for a value {v:pattern}"),
    "FieldLine.field": _S("if the field is {v}"),
    "FieldLine.in": _S("for a value {v:pattern}"),
    "CountryLine.in": _S("in {v:any}"),
    "IndustryLine.sic": _S("for SIC codes that begin with {v:any}"),
    "IndustryLine.naics": _S("for NAICS codes that begin with {v:any}"),
    "FunctionLine.in": _S("for {v:words}"),
    "DomainLine.in": _S("for a domain that ends in {v:any}"),
}
"""The sentences by key."""
