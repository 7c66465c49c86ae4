"""A rep's capacity at a desk: when the rotation passes a full rep over, and how many leads a rep got in the period.

Only the rotation checks capacity, when it looks for the next rep in turn. Requests to the account's own rep or owner
and claims ignore it. Inquiries and support questions go to the desk as a whole, so no rep's capacity matters.

Capacity that was not used lapses with its period. Leads that ignore capacity (raised hands, a second lead of an
account) are counted all the same. Also here: the rep's weight, its share of the turns.
"""

from __future__ import annotations

import msgspec

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import Kind
from workers.desks.calendar import Period
from workers.desks.rows import RepRow, RotationRow


def is_limited_by_capacity(request: DeskRequest) -> bool:
    """Whether a full rep is passed over when the rotation decides this request: only for an MQL without a raised hand.

    A raised hand and every kind other than MQL ignore capacity: the turn may go to a rep whose capacity is used up. The
    answer matters for the rotation only. For the account's own rep or owner and for a claim, capacity is not checked.
    An inquiry goes to the desk as a whole, also if it is a raised hand.

    Only a limited request waits because all reps are full. It is released from the waiting list in opening hours only.
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
