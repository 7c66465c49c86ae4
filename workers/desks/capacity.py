"""How large each rep's share is, and how much room each has in the desk's current period. Room that was not used lapses with the period.

In: the rotation's row, the period of an instant. Out: counts, room, the row after. What may pass capacity (raised
hands, a second lead of an account) is counted all the same.
"""

from __future__ import annotations

import msgspec

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import Kind
from workers.desks.calendar import Period
from workers.desks.rows import RepRow, RotationRow


def is_limited_by_capacity(request: DeskRequest) -> bool:
    """Whether a rep's capacity limits this request: true for an MQL whose lead did not raise a hand.

    A raised hand passes capacity: it goes to a rep whose capacity is used up, and so does every kind except MQL.
    """
    return request.kind is Kind.MQL and not request.raised_hand


def in_period(rotation: RotationRow, period: Period) -> RotationRow:
    """Return the row with the counts of ``period``: those of an earlier one have lapsed."""
    if rotation.period == period.name:
        return rotation
    return msgspec.structs.replace(rotation, period=period.name, taken={})


def capacity_of(rep: RepRow, default: int) -> int:
    """MQLs that ``rep`` takes in a period: its own number, else the policy's."""
    return default if rep.capacity is None else rep.capacity


def weight_of(rep: RepRow, default: int) -> int:
    """The share of ``rep`` in the turns: its own number, else the policy's."""
    return default if rep.weight is None else rep.weight


def add_taken(rotation: RotationRow, rep_id: str) -> RotationRow:
    """Return the row after ``rep_id`` got one more."""
    taken = rotation.taken | {rep_id: rotation.taken.get(rep_id, 0) + 1}
    return msgspec.structs.replace(rotation, taken=taken)


def remove_taken(rotation: RotationRow, rep_id: str, period: str) -> RotationRow:
    """Return the row after one of ``period`` was given back; room of a period gone by does not come back."""
    count = rotation.taken.get(rep_id, 0)
    if rotation.period != period or not count:
        return rotation
    return msgspec.structs.replace(rotation, taken=rotation.taken | {rep_id: count - 1})
