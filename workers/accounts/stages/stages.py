"""The closed transition table of stages, and which stage a lead is in by what is known of it.

In: where a lead stands. Out: its stage, and why. A step that is not in the table is a defect, never an output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import GateState, Reason, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN, _WAITING, _OUTSIDE, _NURTURE = Stage.KNOWN, Stage.WAITING_FOR_FACTS, Stage.OUTSIDE, Stage.NURTURE
_MQL, _SAL, _SQL, _OPPORTUNITY = Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY
_CUSTOMER, _RECYCLED, _EXPIRED = Stage.CUSTOMER, Stage.RECYCLED, Stage.EXPIRED
_DISQUALIFIED, _WITH_PARTNER = Stage.DISQUALIFIED, Stage.WITH_PARTNER

_BY_GATES = frozenset({_WAITING, _OUTSIDE, _NURTURE, _MQL})
"""Decided by the gates and the bar."""
_WORKED = frozenset({_SAL, _SQL, _WITH_PARTNER})
"""Decided by who works the lead."""
_BY_ACCOUNT = frozenset({_OPPORTUNITY, _CUSTOMER})
"""Decided by the account: its record in the CRM, or what sales says of a deal before the CRM does."""
_ENDED = frozenset({_RECYCLED, _EXPIRED, _DISQUALIFIED})
"""Until a new cycle."""

TRANSITIONS: Mapping[Stage | None, frozenset[Stage]] = {
    None: frozenset({_KNOWN}),
    _KNOWN: _BY_GATES
    | _WORKED
    | _BY_ACCOUNT
    | _ENDED,  # what sales said travels with who comes from another key
    _WAITING: (_BY_GATES | _WORKED | _BY_ACCOUNT | _ENDED) - {_WAITING},
    _OUTSIDE: (_BY_GATES | _WORKED | _BY_ACCOUNT | _ENDED) - {_OUTSIDE},
    _NURTURE: (_BY_GATES | _WORKED | _BY_ACCOUNT | _ENDED) - {_NURTURE},
    _MQL: frozenset({_OUTSIDE, _WAITING}) | _WORKED | _BY_ACCOUNT | _ENDED,
    _SAL: frozenset({_SQL, _WITH_PARTNER}) | _BY_ACCOUNT | _ENDED,
    _SQL: frozenset({_WITH_PARTNER}) | _BY_ACCOUNT | _ENDED,
    _OPPORTUNITY: _BY_GATES | _WORKED | _ENDED | {_CUSTOMER},
    _CUSTOMER: _BY_GATES | _WORKED | _ENDED | {_OPPORTUNITY},
    _RECYCLED: _BY_GATES | _BY_ACCOUNT | {_SAL, _WITH_PARTNER, _DISQUALIFIED},
    _EXPIRED: _BY_GATES
    | _WORKED
    | _BY_ACCOUNT
    | {_RECYCLED, _DISQUALIFIED},  # a late touch takes an expiry back, a late no its place
    _DISQUALIFIED: _BY_GATES | _WORKED | _BY_ACCOUNT | {_RECYCLED, _EXPIRED},
    _WITH_PARTNER: _BY_GATES | _BY_ACCOUNT | _ENDED | {_SAL, _SQL},
}
"""From each stage, the stages that a lead may go to."""


class ForbiddenStepError(ValueError):
    """A step that the table does not have: a defect of the program, never of the data."""


def check_step(from_stage: Stage | None, to_stage: Stage) -> None:
    """Raise ForbiddenStepError where the table has no such step."""
    if to_stage not in TRANSITIONS[from_stage]:
        raise ForbiddenStepError(f"no step from {from_stage} to {to_stage}")


class StageInputs(NamedTuple):
    """What decides a stage."""

    fit: GateState
    excluded: Reason | None = None
    is_customer: bool = False
    has_open_opportunity: bool = False
    verdict: Stage | None = None
    """How its cycle ended: recycled, expired or disqualified."""
    verdict_why: Reason | None = None
    accepted: bool = False
    """By sales, in this cycle."""
    qualified: bool = False
    """By sales, in this cycle."""
    reached_mql: bool = False
    """By the bar or by a raised hand, in this cycle."""
    with_partner: bool = False
    """A partner has its open hand-off."""


def stage_of(standing: StageInputs) -> Stage:  # noqa: PLR0911 - one line per stage, in order
    """Return the stage: the first that is true."""
    if standing.excluded is not None or standing.verdict is _DISQUALIFIED:
        return _DISQUALIFIED
    if standing.is_customer:
        return _CUSTOMER
    if standing.has_open_opportunity:
        return _OPPORTUNITY
    if standing.verdict is not None:
        return standing.verdict
    if standing.with_partner:
        return _WITH_PARTNER
    if standing.qualified:
        return _SQL
    if standing.accepted:
        return _SAL
    if standing.fit is GateState.FAIL:
        return _OUTSIDE
    if standing.fit is GateState.UNKNOWN:
        return _WAITING
    return _MQL if standing.reached_mql else _NURTURE


def stage_reasons(stage: Stage, standing: StageInputs) -> tuple[Reason, ...]:
    """Return why a lead is in ``stage``; how an MQL became one is added by who decided it."""
    if stage is _DISQUALIFIED:
        return (standing.excluded or standing.verdict_why or Reason.SALES_REJECTED,)
    if stage in {_RECYCLED, _EXPIRED}:
        return (standing.verdict_why or Reason.SALES_REJECTED,)
    return _REASONS[stage]


_REASONS: dict[Stage, tuple[Reason, ...]] = {
    _KNOWN: (Reason.FIRST_SEEN,),
    _WAITING: (Reason.GATE_UNKNOWN,),
    _OUTSIDE: (Reason.GATE_FAILED,),
    _NURTURE: (Reason.ALL_GATES_PASSED, Reason.BELOW_BAR),
    _MQL: (Reason.ALL_GATES_PASSED,),
    _SAL: (Reason.SALES_ACCEPTED,),
    _SQL: (Reason.SALES_QUALIFIED,),
    _OPPORTUNITY: (Reason.OPEN_OPPORTUNITY,),
    _CUSTOMER: (Reason.CUSTOMER_ACCOUNT,),
    _WITH_PARTNER: (Reason.PARTNER_COVERS,),
}
