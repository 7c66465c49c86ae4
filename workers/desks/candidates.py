"""The members of a desk as one decision sees them: who can get the lead now, and why the others cannot.

Input: the desk's members, a request, counts, the time. Output: a lineup. The choice among the candidates is made
elsewhere.

A required skill decides who is a candidate. A preferred skill only ranks: the turn goes to one of those with the most
preferred skills among the reps who can get the lead now. So a preference never makes a lead wait or leaves it without
a rep.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import PassedOver
from workers.desks.capacity import capacity_of, weight_of
from workers.desks.presence import why_unavailable_at
from workers.desks.request_outcome import Candidate
from workers.desks.rows import RepRow, RotationRow
from workers.desks.skill_match import count_preferred_skills, lacks_skill
from workers.policy.model import Desk


@dataclass(frozen=True, slots=True)
class Lineup:
    """All members of the desk as one decision sees them."""

    candidates: tuple[Candidate, ...]
    """Every member, with the reason for which it is passed over, if any. In list order (by rep_id)."""
    able: tuple[tuple[str, int], ...]
    """(rep_id, weight) of each rep who can get this turn, in list order."""
    held: tuple[tuple[str, int], ...]
    """(rep_id, weight) of each rep who could get this turn if it were not absent, in list order."""

    @property
    def has_skill(self) -> bool:
        """Whether an active member of the desk, present or absent, has the required skills."""
        return any(
            one.passed_over not in {PassedOver.INACTIVE, PassedOver.LACKS_SKILL} for one in self.candidates
        )

    @property
    def is_full(self) -> bool:
        """Whether a member could get the lead if its capacity were not used up."""
        return any(one.passed_over in {PassedOver.FULL, PassedOver.MOST_OPEN} for one in self.candidates)


def line_up(
    desk: Desk,
    reps: Iterable[tuple[str, RepRow]],
    request: DeskRequest,
    rotation: RotationRow,
    now_ms: int,
    *,
    is_limited: bool,
    off_turn: Collection[str],
) -> Lineup:
    """Return the lineup for a request.

    ``is_limited``: reps' capacity limits this request. ``off_turn``: reps who have missed too many responses, by rep_id.
    """
    seen = [(rep_id, rep, count_preferred_skills(desk, rep, request)) for rep_id, rep in reps]
    candidates = [
        _candidate(
            desk,
            rep_id,
            rep,
            request,
            rotation,
            now_ms,
            is_limited=is_limited,
            is_off_turn=rep_id in off_turn,
        )
        for rep_id, rep, _ in seen
    ]
    best = max(
        (fit for (_, _, fit), one in zip(seen, candidates, strict=True) if one.passed_over is None), default=0
    )
    ordered = tuple(
        replace(one, passed_over=PassedOver.NOT_PREFERRED) if one.passed_over is None and fit < best else one
        for (_, _, fit), one in zip(seen, candidates, strict=True)
    )
    held = [
        one
        for (_, _, fit), one in zip(seen, ordered, strict=True)
        if one.passed_over is PassedOver.ABSENT and fit >= best and one.rep_id not in request.excluded
    ]
    return Lineup(ordered, _weights([one for one in ordered if one.passed_over is None]), _weights(held))


def _candidate(
    desk: Desk,
    rep_id: str,
    rep: RepRow,
    request: DeskRequest,
    rotation: RotationRow,
    now_ms: int,
    *,
    is_limited: bool,
    is_off_turn: bool,
) -> Candidate:
    taken, capacity = rotation.taken.get(rep_id, 0), capacity_of(rep, desk.mqls_per_rep.most)
    why = why_unavailable_at(rep, now_ms)
    if why is not PassedOver.INACTIVE and lacks_skill(desk, rep, request):
        why = PassedOver.LACKS_SKILL
    elif why is None and rep_id in request.excluded:
        why = PassedOver.HAD_IT
    elif why is None and is_limited and taken >= capacity:
        why = PassedOver.FULL
    open_now = rotation.open.get(rep_id, 0) if desk.turn.counts_open else None
    most_open = desk.turn.most_open
    if why is None and is_limited and most_open is not None and (open_now or 0) >= most_open:
        why = PassedOver.MOST_OPEN
    if is_off_turn and why in {None, PassedOver.FULL, PassedOver.MOST_OPEN}:
        why = PassedOver.OFF_TURN
    weight = weight_of(rep, desk.turn.weight)
    return Candidate(rep_id, weight, rotation.credits.get(rep_id, 0), taken, capacity, why, open_now)


def _weights(candidates: Sequence[Candidate]) -> tuple[tuple[str, int], ...]:
    return tuple((one.rep_id, one.weight) for one in candidates)
