"""The open hand-offs of each rep at a desk whose policy counts them (policy keys ``turn.by`` and ``turn.most_open``).

Input: assignments of the desk, and reports of accounts. Output: counts in the rotation, and the reps with the fewest.

An assignment counts at once. The account then reports what is open, after each request to the desk and after each change.
A report replaces the count of its account, so a late or repeated one leaves no error behind.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import PassedOver
from workers.desks.candidates import Lineup
from workers.desks.rows import RotationRow, WorkRow
from workers.engine.rows import Rows
from workers.policy.model import Desk


def prefer_fewest_open(desk: Desk, request: DeskRequest, lineup: Lineup) -> Lineup:
    """Return the lineup with only those as able who have the fewest open hand-offs relative to their weights.

    The rep who has answered the visitor in a chat stays able.
    """
    able = dict(lineup.able)
    if desk.turn.by != "fewest_open" or request.answerer in able:
        return lineup
    loads = {
        one.rep_id: Fraction(one.open or 0, one.weight) for one in lineup.candidates if one.rep_id in able
    }
    fewest = min(loads.values())
    candidates = tuple(
        replace(one, passed_over=PassedOver.MORE_OPEN) if loads.get(one.rep_id, fewest) > fewest else one
        for one in lineup.candidates
    )
    return replace(
        lineup, able=tuple(one for one in lineup.able if loads[one[0]] == fewest), candidates=candidates
    )


def count_assignment(rows: Rows, rotation: RotationRow, request: DeskRequest, rep_id: str) -> RotationRow:
    """Return the rotation with the lead of a request counted for its rep. A move takes what the account has along."""
    known = rows.get(WorkRow, request.desk, request.account_key)
    number = (0 if known is None else known.open) + (request.move is None)
    return store_open(rows, rotation, request.desk, request.account_key, rep_id, number)


def store_open(
    rows: Rows, rotation: RotationRow, desk: str, account_key: str, rep_id: str, number: int
) -> RotationRow:
    """Store the open hand-offs of an account, and return the rotation with the new sums."""
    sums = dict(rotation.open)
    known = rows.get(WorkRow, desk, account_key)
    if known is not None:
        sums[known.rep_id] = sums.get(known.rep_id, 0) - known.open
    if rep_id and number:
        sums[rep_id] = sums.get(rep_id, 0) + number
        rows.put(WorkRow(rep_id=rep_id, open=number), desk, account_key)
    elif known is not None:
        rows.delete(WorkRow, desk, account_key)
    return msgspec.structs.replace(
        rotation, open={one: count for one, count in sorted(sums.items()) if count > 0}
    )
