"""The leads that wait at a desk: strongest first, then the one that waits longest. Bounded.

In: requests. Out: their places and the next to go. A place is by the total when the wait began. What capacity does not
hold back (it waits because everyone is away) stands before MQLs. Leads that the same reps could take form one file: if its
first cannot go, none of it can, and the firsts of the other files are looked at; so nobody waits behind a lead that
waits for somebody else.
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
_MOST_POINTS = 10**9

_UNLIMITED, _LIMITED = "1", "2"
_SEP = "\x1e"
_AFTER_ALL_TOTALS = ":"
"""Sorts after every digit: a place that is behind a whole file."""

Place = tuple[str, ...]


class Waiting(NamedTuple):
    """A request that waits, at its place."""

    place: Place
    request: DeskRequest

    @property
    def lane(self) -> str:
        """The file in which it stands."""
        return self.place[1]

    @property
    def is_limited(self) -> bool:
        """Whether it is an MQL, which leaves at opening hour; what capacity does not hold back goes at any hour."""
        return is_limited_by_capacity(self.request)


def is_waiting_list_full(rows: Rows, desk: str) -> bool:
    """Whether no more leads may wait at this desk."""
    return waiting_count(rows, desk) >= MAX_WAITING


def waiting_count(rows: Rows, desk: str) -> int:
    """How many wait at this desk."""
    rotation = rows.get(RotationRow, desk)
    return rotation.waiting if rotation else 0


def place_of(request: DeskRequest) -> Place:
    """The key of a request among those that wait: desk, file, then the order within the file."""
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
    """Put a request among those that wait; return its place."""
    place = place_of(request)
    _change_count(rows, request.desk, 1)
    rows.put(WaitingRow(request=request.model_dump_json(exclude_none=True).encode()), *place)
    return place


def first_of_lanes(rows: Rows, desk: str) -> list[Waiting]:
    """The first of each file, the next to go before the others. Files are bounded by what the policy says leads need."""
    found: list[Waiting] = []
    after: tuple[str, ...] = ()
    while one := _first(rows, desk, after=after):
        found.append(one)
        after = (desk, one.lane, _AFTER_ALL_TOTALS)
    return sorted(found, key=_release_order)


def first_of_lane(rows: Rows, desk: str, lane: str) -> Waiting | None:
    """The first of one file."""
    return _first(rows, desk, lane)


def next_to_release(firsts: Iterable[Waiting]) -> Waiting | None:
    """Of several files' firsts the one that goes before the others."""
    return min(firsts, key=_release_order, default=None)


def _first(rows: Rows, *prefix: str, after: tuple[str, ...] = ()) -> Waiting | None:
    found = rows.scan(WaitingRow, *prefix, after=after, limit=1)
    return Waiting(found[0][0], DeskRequest.model_validate_json(found[0][1].request)) if found else None


def _release_order(one: Waiting) -> Place:
    return (one.lane[0], *one.place[2:])


def remove_waiting(rows: Rows, place: Place) -> None:
    """Take a request from those that wait; one that does not wait changes nothing."""
    if rows.get(WaitingRow, *place) is not None:
        _change_count(rows, place[0], -1)
        rows.delete(WaitingRow, *place)


def _change_count(rows: Rows, desk: str, change: int) -> None:
    rotation = rows.get(RotationRow, desk) or RotationRow()
    rows.put(replace(rotation, waiting=max(rotation.waiting + change, 0)), desk)
