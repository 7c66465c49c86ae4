"""The waiting list of a desk: the strongest lead first, then the one that is due the longest. At most 10,000 leads.

Input: requests. Output: their places, and the next to be released. A place depends on the lead's points when the wait
began. Leads that capacity does not limit (they wait because all reps are away) are before MQLs.

Leads that the same reps could get form one lane. If the first of a lane cannot be assigned, none of the lane can, and
the firsts of the other lanes are tried. So no lead waits behind one that waits for a different rep.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest
from workers.desks.capacity import is_limited_by_capacity
from workers.desks.rows import RotationRow, WaitingRow
from workers.engine.rows import Rows

MAX_WAITING = 10_000
"""Most leads on the waiting list of one desk."""
_MOST_POINTS = 10**9
"""Totals beyond this are ordered as this, above and below 0."""

_UNLIMITED, _LIMITED = "1", "2"
_SEP = "\x1e"
_AFTER_ALL_TOTALS = ":"
"""A text that sorts after every digit: as a place it is behind a whole lane."""

Place = tuple[str, ...]
"""The key of a WaitingRow: desk, lane, total in descending order, since, request_id."""


class Waiting(NamedTuple):
    """A request on the waiting list, and its place."""

    place: Place
    request: DeskRequest

    @property
    def lane(self) -> str:
        """The lane that the request is in."""
        return self.place[1]

    @property
    def is_limited(self) -> bool:
        """Whether capacity limits the request: true for an MQL without a raised hand. Released in opening hours only."""
        return is_limited_by_capacity(self.request)


def is_waiting_list_full(rows: Rows, desk: str) -> bool:
    """Whether the desk's waiting list is full."""
    return waiting_count(rows, desk) >= MAX_WAITING


def waiting_count(rows: Rows, desk: str) -> int:
    """Return how many leads wait at this desk."""
    rotation = rows.get(RotationRow, desk)
    return rotation.waiting if rotation else 0


def place_of(request: DeskRequest) -> Place:
    """Return the place of a request on its desk's waiting list.

    The lane begins with a rank: "0" raised hands, "1" other requests that capacity does not limit, "2" MQLs. It ends
    with what decides which reps could get the lead: language, segment, and reps who had the account.
    """
    rank = "0" if request.raised_hand else _LIMITED if is_limited_by_capacity(request) else _UNLIMITED
    needs = [one for one in (request.language, request.segment) if one is not None]
    had_it = [f"not {_SEP.join(sorted(request.excluded))}"] if request.excluded else []
    total = min(max(request.total, -_MOST_POINTS), _MOST_POINTS)
    return (
        request.desk,
        "+".join([rank, *needs, *had_it]),
        f"{_MOST_POINTS - total:010d}",
        f"{request.since_ms:015d}",
        request.request_id,
    )


def add_waiting(rows: Rows, request: DeskRequest) -> Place:
    """Add a request to the waiting list; return its place."""
    place = place_of(request)
    _change_count(rows, request.desk, 1)
    rows.put(WaitingRow(request=request.model_dump_json(exclude_none=True).encode()), *place)
    return place


def first_of_lanes(rows: Rows, desk: str) -> list[Waiting]:
    """Return the first of each lane, in the order of release.

    The number of lanes is bounded by the needs that the policy can give a lead.
    """
    found: list[Waiting] = []
    after: tuple[str, ...] = ()
    while one := _first(rows, desk, after=after):
        found.append(one)
        after = (desk, one.lane, _AFTER_ALL_TOTALS)
    return sorted(found, key=_release_order)


def first_of_lane(rows: Rows, desk: str, lane: str) -> Waiting | None:
    """Return the first request of one lane."""
    return _first(rows, desk, lane)


def next_to_release(firsts: Iterable[Waiting]) -> Waiting | None:
    """Return the first of several lanes' firsts, in the order of release."""
    return min(firsts, key=_release_order, default=None)


def _first(rows: Rows, *prefix: str, after: tuple[str, ...] = ()) -> Waiting | None:
    found = rows.scan(WaitingRow, *prefix, after=after, limit=1)
    return Waiting(found[0][0], DeskRequest.model_validate_json(found[0][1].request)) if found else None


def _release_order(one: Waiting) -> Place:
    """Return the sort key: rank, total, since. The lane's needs do not count."""
    return (one.lane[0], *one.place[2:])


def remove_waiting(rows: Rows, place: Place) -> None:
    """Remove a request from the waiting list. A request that is not on it changes nothing."""
    if rows.get(WaitingRow, *place) is not None:
        _change_count(rows, place[0], -1)
        rows.delete(WaitingRow, *place)


def _change_count(rows: Rows, desk: str, change: int) -> None:
    rotation = rows.get(RotationRow, desk) or RotationRow()
    rows.put(replace(rotation, waiting=max(rotation.waiting + change, 0)), desk)
