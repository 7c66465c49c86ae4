"""A rep's capacity at a desk: which requests it limits, and how many leads the rep got in the current period.

Capacity that was not used lapses with its period. Leads that pass capacity (raised hands, a second lead of an account)
are counted all the same. Also here: the rep's weight, its share of the turns.
"""

from __future__ import annotations

import msgspec

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import Kind
from workers.desks.calendar import Period
from workers.desks.rows import RepRow, RotationRow


def is_limited_by_capacity(request: DeskRequest) -> bool:
    """Whether a rep's capacity limits this request: true only for an MQL whose lead did not raise a hand.

    A raised hand passes capacity: it goes to a rep whose capacity is used up. So do all kinds other than MQL.
    ``candidates.line_up`` passes over a full rep for a limited request only. Only a limited request waits because all
    reps are full, and it leaves the waiting list in opening hours only.
    """
    return request.kind is Kind.MQL and not request.raised_hand


def in_period(rotation: RotationRow, period: Period) -> RotationRow:
    """Return the row with the counts of ``period``. The counts of an earlier period have lapsed."""
    if rotation.period == period.name:
        return rotation
    return msgspec.structs.replace(rotation, period=period.name, taken={})


def capacity_of(rep: RepRow, default: int) -> int:
    """Return the MQLs that ``rep`` gets in a period: the rep's own number, else the policy's."""
    return default if rep.capacity is None else rep.capacity


def weight_of(rep: RepRow, default: int) -> int:
    """Return the share of ``rep`` in the turns: the rep's own weight, else the policy's."""
    return default if rep.weight is None else rep.weight


def add_taken(rotation: RotationRow, rep_id: str) -> RotationRow:
    """Return the row after ``rep_id`` got one more lead."""
    taken = rotation.taken | {rep_id: rotation.taken.get(rep_id, 0) + 1}
    return msgspec.structs.replace(rotation, taken=taken)


def remove_taken(rotation: RotationRow, rep_id: str, period: str) -> RotationRow:
    """Return the row after a lead of ``period`` was returned. A count of an earlier period stays unchanged."""
    count = rotation.taken.get(rep_id, 0)
    if rotation.period != period or not count:
        return rotation
    return msgspec.structs.replace(rotation, taken=rotation.taken | {rep_id: count - 1})
