"""The leads that wait at a desk: strongest first, then the one that waits longest. Bounded.

In: requests. Out: their places and the next to go. A place is by the total when the wait began. What capacity does not
hold back (it waits because everyone is away) stands before MQLs, so that the first tells for all.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import Kind
from workers.desks.rows import RotationRow, WaitingRow
from workers.engine.rows import Rows

MAX_WAITING = 10_000
_MOST_POINTS = 10**9

Place = tuple[str, ...]


def is_crowded(rows: Rows, desk: str) -> bool:
    """Whether no more leads may wait at this desk."""
    return waiting_count(rows, desk) >= MAX_WAITING


def waiting_count(rows: Rows, desk: str) -> int:
    """How many wait at this desk."""
    rotation = rows.get(RotationRow, desk)
    return rotation.waiting if rotation else 0


def place_of(request: DeskRequest) -> Place:
    """The key of a request among those that wait."""
    rank = "0" if request.raised_hand else "2" if request.kind is Kind.MQL else "1"
    total = min(max(request.total, -_MOST_POINTS), _MOST_POINTS)
    return (
        request.desk,
        rank,
        f"{_MOST_POINTS - total:010d}",
        f"{request.since_ms:015d}",
        request.request_id,
    )


def wait(rows: Rows, request: DeskRequest) -> Place:
    """Put a request among those that wait; return its place."""
    place = place_of(request)
    _count(rows, request.desk, 1)
    rows.put(WaitingRow(request=request.model_dump_json(exclude_none=True).encode()), *place)
    return place


def first(rows: Rows, desk: str) -> DeskRequest | None:
    """The next to go."""
    found = rows.scan(WaitingRow, desk, limit=1)
    return DeskRequest.model_validate_json(found[0][1].request) if found else None


def leave(rows: Rows, place: Place) -> None:
    """Take a request from those that wait; one that does not wait changes nothing."""
    if rows.get(WaitingRow, *place) is not None:
        _count(rows, place[0], -1)
        rows.delete(WaitingRow, *place)


def _count(rows: Rows, desk: str, change: int) -> None:
    rotation = rows.get(RotationRow, desk) or RotationRow()
    rows.put(replace(rotation, waiting=max(rotation.waiting + change, 0)), desk)
