"""The part of a lead that a partner may see: the agreed stage, and the fields that the policy's key ``sees`` lists.

In: a message as it would be for a rep, and the agreement. Out: the message for the partner. Everything that is not
listed is left out: of the person, of the explanation, of the account's other people. Points still add up to their
total. Nothing is written here.
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
"""Fields of a person that each key of ``sees`` shows."""
_KEY_OF_GATE = {
    "industry": "company",
    "revenue": "company",
    "employees": "company",
    "country": "country",
    "function": "job_title",
    "title": "job_title",
}
"""Key of ``sees`` that shows the fact which a gate found."""


def stage_for_partner(lead: LeadRow, fit: GateState) -> Stage:
    """Return the stage of the lead itself, as if no partner had it. A message to a partner states this stage."""
    inputs = StageInputs(fit, accepted=lead.accepted, qualified=lead.qualified, reached_mql=lead.reached_mql)
    return stage_of(inputs)


def cut_for_partner(agreement: NamedPartner | None, event: LeadRouting) -> LeadRouting:
    """Return the message with what the partner may see. Under an agreement that has ended, no field is shown."""
    sees: Collection[str] = () if agreement is None else agreement.partner.sees
    cut: dict[str, Any] = {
        "bounces": None,
        "passed_over": [],
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
    for key, fields in hidden.items():
        if key not in sees:
            cut |= fields
    return event.model_copy(update=cut)


def _cut_person(person: Person, sees: Collection[str]) -> Person:
    shown = [name for key, names in _PERSON_FIELDS.items() if key in sees for name in names]
    return Person(**{name: getattr(person, name) for name in shown})


def _cut_explanation(why: Explanation, sees: Collection[str]) -> Explanation:
    """Return the explanation. Unless the partner may see points, it has two lines: fit and behaviour."""
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
        points = [one if one.found is None else one.model_copy(update={"found": None}) for one in why.points]
        return why.model_copy(update={"gates": gates, "points": points})
    lines = [
        PointsLine.model_construct(rule=rule, points=points, count=0, event_id=None)
        for rule, points in (("fit", why.fit), ("behaviour", why.behaviour))
    ]
    return why.model_copy(
        update={"gates": gates, "points": lines, "would_change": [], "triggering_event_id": None}
    )
