"""Whether a rep can do what a lead needs: required skills decide who is a candidate, preferred ones who comes first.

In: the desk's terms, a rep, a request. Out: claims. A skill that crm.reps does not list, the rep does not have; a lead
that needs nothing special goes to anybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.desk_requests import DeskRequest
from workers.desks.rows import RepRow
from workers.policy.model import Desk


def lacks_skill(desk: Desk, rep: RepRow, request: DeskRequest) -> bool:
    """Whether the desk requires something of the lead's needs that the rep does not have."""
    return any(how == "required" and not has for how, has in _needed_skills(desk, rep, request))


def count_preferred_skills(desk: Desk, rep: RepRow, request: DeskRequest) -> int:
    """How many of the preferred skills that the lead needs the rep has: more of them come first."""
    return sum(how == "preferred" and has for how, has in _needed_skills(desk, rep, request))


def _needed_skills(desk: Desk, rep: RepRow, request: DeskRequest) -> Iterator[tuple[str, bool]]:
    if desk.skills is None:
        return
    if request.language is not None and desk.skills.language is not None:
        yield desk.skills.language, request.language in rep.languages
    if request.segment is not None and desk.skills.segment is not None:
        yield desk.skills.segment, request.segment in rep.segments
