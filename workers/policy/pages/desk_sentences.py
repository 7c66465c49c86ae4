"""Sentences of ``lead-router policy explain`` for desks: turns, capacity, absences and times to answer.

sentences.py includes them.
"""

from __future__ import annotations

from typing import Final

from workers.policy.pages.sentence import Sentence

_S = Sentence

DESK_SENTENCES: Final[dict[str, Sentence]] = {
    "Desk.like": _S("as {v}, except for the following"),
    "Desk.calendar": _S("opening hours: calendar {v}"),
    "Desk.manager": _S("the manager {v} gets what no other rep can take"),
    "Desk.turn": _S("Turns"),
    "Desk.mqls_per_rep": _S("Capacity"),
    "Desk.everyone_away": _S("While everyone is absent"),
    "Desk.answer_within": _S("Time to answer, in opening hours"),
    "Desk.due_soon_percent": _S("a reminder after {v} % of the time to answer"),
    "Desk.skills": _S("Skills", "any rep can take a lead, whatever its language or segment"),
    "Turn.by": _S("the next rep is {v:phrase}"),
    "Turn.most_open": _S(
        "a rep with {v} open hand-offs of the desk gets no MQL until one is closed, but raised hands are assigned",
        "a rep may have any number of open hand-offs",
    ),
    "Turn.off_after_missed": _S(
        "a rep who misses {v} first responses gets no turn until a manager puts it back",
        "missed responses do not change the turns",
    ),
    "Turn.when_away": _S("the turn of an absent rep {v:phrase}"),
    "Turn.when_rejected": _S("if sales rejects a lead, turn and capacity {v:phrase}"),
    "Turn.weight": _S("a rep without a weight in the CRM has weight {v}"),
    "MqlsPerRep.most": _S("at most {v} MQLs for each rep"),
    "MqlsPerRep.per": _S("counted by the {v}, and unused capacity lapses"),
    "MqlsPerRep.when_full": _S(
        "when no rep has capacity, MQLs {v}, those with the most points first, but raised hands are assigned"
    ),
    "EveryoneAway.mql": _S("an MQL {v:held}"),
    "EveryoneAway.raised_hand": _S("a raised hand goes to {v}", "a raised hand goes to the manager"),
    "AnswerWithin.mql": _S("MQL: {v:hours}"),
    "AnswerWithin.raised_hand": _S(
        "raised hand, which is a person who asks for sales and passes or may pass the gates, customers included: {v:hours}"
    ),
    "AnswerWithin.inquiry": _S(
        "inquiry, which is a person who asks for sales and fails a gate: {v:hours}",
        "inquiry, which is a person who asks for sales and fails a gate: as an MQL",
    ),
    "AnswerWithin.expansion": _S("activity of a customer: {v:hours}", "activity of a customer: as an MQL"),
    "AnswerWithin.in_cycle": _S(
        "activity at an open opportunity: {v:hours}", "activity at an open opportunity: as an MQL"
    ),
    "AnswerWithin.service": _S("support question: {v:hours}"),
    "AnswerWithin.when": _S("by condition: {v:times_to_answer}"),
    "AnswerWithin.then": _S(
        "without an answer, the account goes to {v:phrase}",
        "without an answer, the account stays with its holder, and is reported",
    ),
    "AnswerWithin.after": _S("this happens after {v:multiple} time to answer"),
    "AnswerWithin.times": _S("{v:times} at most, then it goes to the manager"),
}
"""The sentences by key."""
