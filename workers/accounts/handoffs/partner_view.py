"""What a partner may see of a lead: the stage that was agreed, its definition, and the fields that the policy lists.

In: a message as it would be for a rep, the agreement. Out: the message for the partner. Everything that is not listed
is left out: of the person, of the explanation, of the account's other people. What must add up still does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.explanation import Explanation, GateResult, PointsLine
from schemas.outputs import Person
from workers.accounts.stages.stages import StageInputs, stage_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemas.outputs import LeadRouting
    from schemas.vocabulary import GateState, Stage
    from workers.accounts.routing.partners import NamedPartner
    from workers.accounts.state.lead import LeadRow

_PERSON_FIELDS = {
    "name": ("first_name", "last_name"),
    "email": ("email",),
    "phone": ("phone",),
    "company": ("company",),
    "job_title": ("job_title",),
    "country": ("country",),
}
_KEY_OF_GATE = {
    "industry": "company",
    "revenue": "company",
    "employees": "company",
    "country": "country",
    "function": "job_title",
    "title": "job_title",
}
"""Which word of ``sees`` shows the fact that a gate found."""


def stage_for_partner(lead: LeadRow, fit: GateState) -> Stage:
    """Return where a lead stands by itself, whoever has it: what a message to a partner states."""
    standing = StageInputs(
        fit, accepted=lead.accepted, qualified=lead.qualified, reached_mql=lead.reached_mql
    )
    return stage_of(standing)


def cut_for_partner(agreement: NamedPartner | None, event: LeadRouting) -> LeadRouting:
    """Return the message cut to what the partner may see; under an agreement that is over, to nothing."""
    sees: Collection[str] = () if agreement is None else agreement.partner.sees
    cut: dict[str, Any] = {
        "bounces": None,
        "person": None if event.person is None else _cut_person(event.person, sees),
        "explanation": _cut_explanation(event.explanation, sees),
        "earlier_routes": [one.model_copy(update={"rep_id": None}) for one in event.earlier_routes],
    }
    hidden: dict[str, dict[str, Any]] = {
        "request": {"request": None},
        "campaign": {"campaign": None},
        "points": {"touches": None},
        "colleagues": {"colleagues": []},
        "crm_ids": {"crm_lead_id": None, "crm_contact_id": None},
    }
    for word, fields in hidden.items():
        if word not in sees:
            cut |= fields
    return event.model_copy(update=cut)


def _cut_person(person: Person, sees: Collection[str]) -> Person:
    shown = [name for word, names in _PERSON_FIELDS.items() if word in sees for name in names]
    return Person(**{name: getattr(person, name) for name in shown})


def _cut_explanation(why: Explanation, sees: Collection[str]) -> Explanation:
    """Two lines of points, fit and behaviour, unless the partner may see what the lead did."""
    gates = [
        GateResult.model_construct(
            gate=one.gate,
            state=one.state,
            found=one.found if _KEY_OF_GATE.get(one.gate) in sees else None,
            points=one.points,
        )
        for one in why.gates
    ]
    if "points" in sees:
        return why.model_copy(update={"gates": gates})
    lines = [
        PointsLine.model_construct(rule=rule, points=points, count=0, event_id=None)
        for rule, points in (("fit", why.fit), ("behaviour", why.behaviour))
    ]
    return why.model_copy(
        update={"gates": gates, "points": lines, "would_change": [], "triggering_event_id": None}
    )
