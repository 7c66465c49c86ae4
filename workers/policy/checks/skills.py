"""What desks ask of reps must be what leads can need, and what leads can need must be asked for somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_skills(policy: Policy, document: Document) -> list[Problem]:
    """Return every skill that a desk asks for and no lead needs, and every one that leads need and no desk asks for."""
    problems = []
    skills = policy.skills
    defined = {
        "language": bool(skills is not None and skills.language),
        "segment": bool(skills is not None and skills.segment),
    }
    asked = set()
    for name, desk in policy.desks.items():
        for skill, is_defined in defined.items():
            if desk.skills is None or getattr(desk.skills, skill) is None:
                continue
            asked.add(skill)
            if not is_defined:
                problems.append(
                    document.make_problem(
                        ("desks", name, "skills", skill),
                        "a skill that no lead ever needs",
                        f"skills.{skill}: who needs what",
                        at_key=True,
                    )
                )
    problems += [
        document.make_problem(
            ("skills", skill),
            "a skill that no desk asks for",
            f"a desk with skills: {{{skill}: ...}}",
            at_key=True,
        )
        for skill, is_defined in defined.items()
        if is_defined and skill not in asked
    ]
    return problems
