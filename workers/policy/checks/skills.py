"""Checks of skills: each skill that a desk asks for must be defined, and each defined skill must be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_skills(policy: Policy, document: Document) -> list[Problem]:
    """Return every skill that only a desk names, and every skill that only the ``skills`` section names."""
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
                        f"the key skills.{skill}, which defines the leads that need it",
                        at_key=True,
                    )
                )
    problems += [
        document.make_problem(
            ("skills", skill),
            "a skill that no desk asks for",
            f"a desk with skills: {{{skill}: required}} or preferred",
            at_key=True,
        )
        for skill, is_defined in defined.items()
        if is_defined and skill not in asked
    ]
    return problems
