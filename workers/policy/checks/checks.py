"""All checks between the parts of a policy: names that must exist, orders that must hold, numbers within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.behaviour_rules import check_behaviour
from workers.policy.checks.calendars import check_calendars
from workers.policy.checks.facts_and_gates import check_fit
from workers.policy.checks.named_conditions import check_conditions
from workers.policy.checks.no_visits import check_no_visits
from workers.policy.checks.partners import check_partners
from workers.policy.checks.paths import check_paths
from workers.policy.checks.routes import check_routes
from workers.policy.checks.skills import check_skills
from workers.policy.checks.tables_of_routes import check_tables
from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote
from workers.policy.text_patterns import normalize_words

if TYPE_CHECKING:
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_references(policy: Policy, document: Document) -> list[Problem]:
    """Return every reference to a missing name, every invalid order and every unreachable number."""
    return [
        *check_no_visits(policy, document),
        *check_behaviour(policy, document),
        *check_routes(policy, document),
        *check_partners(policy, document),
        *check_paths(policy, document),
        *check_conditions(policy, document),
        *check_tables(policy, document),
        *_check_calendars_of_desks(policy, document),
        *check_calendars(policy, document),
        *check_skills(policy, document),
        *_check_reachable_grades(policy, document),
        *_check_titles(policy, document),
        *check_fit(policy, document),
    ]


def _check_calendars_of_desks(policy: Policy, document: Document) -> list[Problem]:
    problems = []
    for name, desk in policy.desks.items():
        if desk.calendar not in policy.calendars:
            path: KeyPath = ("desks", name, "calendar")
            problems.append(
                report_unknown_name(
                    document, path, desk.calendar, policy.calendars, "a calendar that calendars defines"
                )
            )
    return problems


def _check_reachable_grades(policy: Policy, document: Document) -> list[Problem]:
    problems: list[Problem] = []
    if "grade" not in policy.model_fields_set:
        return problems
    if policy.highest_fit < policy.grade.fit.A:
        problems.append(
            document.make_problem(
                ("grade", "fit", "A"),
                str(policy.grade.fit.A),
                f"at most {policy.highest_fit}, the highest possible fit",
            )
        )
    if policy.grade.behaviour.one > policy.behaviour.attainable:
        problems.append(
            document.make_problem(
                ("grade", "behaviour", "1"),
                str(policy.grade.behaviour.one),
                f"at most {policy.behaviour.attainable}, the most that behaviour can give",
            )
        )
    return problems


def _check_titles(policy: Policy, document: Document) -> list[Problem]:
    problems = []
    seen: dict[str, str] = {}
    levels: set[str] = set()
    for at, title in enumerate(policy.buyers.titles):
        path: KeyPath = ("buyers", "titles", at)
        if title.level in levels:
            problems.append(
                document.make_problem((*path, "level"), f"{title.level} a second time", "each level once")
            )
        levels.add(title.level)
        for place, word in enumerate(title.words):
            earlier = seen.setdefault(normalize_words(word) or word, title.level)
            if earlier != title.level:
                problems.append(
                    document.make_problem(
                        (*path, "words", place),
                        f"{quote(word)}, which the level {earlier} has already",
                        "each word in one line only, because the first matching line decides",
                    )
                )
    return problems
