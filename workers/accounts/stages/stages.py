"""The closed table of transitions between stages, and the stage of a lead by what is known of it.

In: the facts that decide a stage. Out: the stage and its reasons. A transition that is not in the table is a defect and
never published. Pure.
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

_GATED = frozenset({_WAITING, _OUTSIDE, _NURTURE, _MQL})
"""Stages that the gates and the threshold decide."""
_WORKED = frozenset({_SAL, _SQL, _WITH_PARTNER})
"""Stages that the work of sales or of a partner decides."""
_DEALS = frozenset({_OPPORTUNITY, _CUSTOMER})
"""Stages that the account decides: by its record in the CRM, or by a deal that sales reports before the CRM."""
_ENDED = frozenset({_RECYCLED, _EXPIRED, _DISQUALIFIED})
"""Stages of a lead whose cycle has ended."""

TRANSITIONS: Mapping[Stage | None, frozenset[Stage]] = {
    None: frozenset({_KNOWN}),
    # A lead that comes from another key brings the feedback of sales with it.
    _KNOWN: _GATED | _WORKED | _DEALS | _ENDED,
    _WAITING: (_GATED | _WORKED | _DEALS | _ENDED) - {_WAITING},
    _OUTSIDE: (_GATED | _WORKED | _DEALS | _ENDED) - {_OUTSIDE},
    _NURTURE: (_GATED | _WORKED | _DEALS | _ENDED) - {_NURTURE},
    _MQL: frozenset({_OUTSIDE, _WAITING}) | _WORKED | _DEALS | _ENDED,
    _SAL: frozenset({_SQL, _WITH_PARTNER}) | _DEALS | _ENDED,
    _SQL: frozenset({_WITH_PARTNER}) | _DEALS | _ENDED,
    _OPPORTUNITY: _GATED | _WORKED | _ENDED | {_CUSTOMER},
    _CUSTOMER: _GATED | _WORKED | _ENDED | {_OPPORTUNITY},
    _RECYCLED: _GATED | _DEALS | {_SAL, _WITH_PARTNER, _DISQUALIFIED},
    # A late touch reverses an expiry. A late rejection replaces it.
    _EXPIRED: _GATED | _WORKED | _DEALS | {_RECYCLED, _DISQUALIFIED},
    _DISQUALIFIED: _GATED | _WORKED | _DEALS | {_RECYCLED, _EXPIRED},
    _WITH_PARTNER: _GATED | _DEALS | _ENDED | {_SAL, _SQL},
}
"""Stages to which a lead may go from each stage."""


class ForbiddenStepError(ValueError):
    """A transition that the table does not have. It is a defect of the program, never of the data."""


def check_step(from_stage: Stage | None, to_stage: Stage) -> None:
    """Raise ForbiddenStepError if the table does not have this transition."""
    if to_stage not in TRANSITIONS[from_stage]:
        raise ForbiddenStepError(f"no step from {from_stage} to {to_stage}")


class StageInputs(NamedTuple):
    """The facts that decide a lead's stage."""

    fit: GateState
    """Result of all gates."""
    excluded: Reason | None = None
    """Reason for which the policy excludes the account. None: it does not."""
    is_customer: bool = False
    has_open_opportunity: bool = False
    verdict: Stage | None = None
    """How the lead's cycle ended: recycled, expired or disqualified. None: the cycle is open."""
    verdict_why: Reason | None = None
    """Reason of the verdict."""
    accepted: bool = False
    """Whether sales accepted the lead in this cycle."""
    qualified: bool = False
    """Whether sales qualified the lead in this cycle."""
    reached_mql: bool = False
    """Whether the threshold or a raised hand made the lead an MQL in this cycle."""
    with_partner: bool = False
    """Whether a partner has the lead's open hand-off."""
    has_threshold: bool = True
    """Whether the policy has a threshold for an MQL."""


def stage_of(inputs: StageInputs) -> Stage:  # noqa: PLR0911 - one line per stage, in order
    """Return the lead's stage: the first that applies, in this order."""
    if inputs.excluded is not None or inputs.verdict is _DISQUALIFIED:
        return _DISQUALIFIED
    if inputs.is_customer:
        return _CUSTOMER
    if inputs.has_open_opportunity:
        return _OPPORTUNITY
    if inputs.verdict is not None:
        return inputs.verdict
    if inputs.with_partner:
        return _WITH_PARTNER
    if inputs.qualified:
        return _SQL
    if inputs.accepted:
        return _SAL
    if inputs.fit is GateState.FAIL:
        return _OUTSIDE
    if inputs.fit is GateState.UNKNOWN:
        return _WAITING
    return _MQL if inputs.reached_mql else _NURTURE


def stage_reasons(stage: Stage, inputs: StageInputs) -> tuple[Reason, ...]:
    """Return why a lead is in ``stage``. The caller adds how an MQL became one."""
    if stage is _DISQUALIFIED:
        return (inputs.excluded or inputs.verdict_why or Reason.SALES_REJECTED,)
    if stage in {_RECYCLED, _EXPIRED}:
        return (inputs.verdict_why or Reason.SALES_REJECTED,)
    if stage is _NURTURE and not inputs.has_threshold:
        return (Reason.ALL_GATES_PASSED, Reason.NOT_QUALIFIED_YET)
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
