"""Whether a rep has the skills that a lead needs.

Input: the desk's terms, a rep, a request or the question of a chat. The desk's policy makes each skill required or preferred. Required skills
decide who is a candidate, preferred ones who is asked first. A rep has only the skills listed in crm.reps. A lead
without special needs can go to any rep.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.desk_requests import DeskRequest, PresenceAsked
from workers.desks.rows import RepRow
from workers.policy.model import Desk


def lacks_skill(desk: Desk, rep: RepRow, request: DeskRequest | PresenceAsked) -> bool:
    """Whether the desk requires a skill that the lead needs and the rep does not have."""
    return any(how == "required" and not has for how, has in _needed_skills(desk, rep, request))


def count_preferred_skills(desk: Desk, rep: RepRow, request: DeskRequest | PresenceAsked) -> int:
    """Return the number of preferred skills that the lead needs and the rep has. Reps with more rank first."""
    return sum(how == "preferred" and has for how, has in _needed_skills(desk, rep, request))


def _needed_skills(
    desk: Desk, rep: RepRow, request: DeskRequest | PresenceAsked
) -> Iterator[tuple[str, bool]]:
    """Yield (required or preferred, whether the rep has it) for each skill that the lead needs."""
    if desk.skills is None:
        return
    if request.language is not None and desk.skills.language is not None:
        yield desk.skills.language, request.language in rep.languages
    if request.segment is not None and desk.skills.segment is not None:
        yield desk.skills.segment, request.segment in rep.segments
