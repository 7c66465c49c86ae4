"""Notes on a policy that passes: patterns and words that can never match, and events that two rules count.

A note is not a problem: the policy is loaded. `lead-router policy check` prints the notes.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from workers.policy.checks.deadline_notes import note_deadlines
from workers.policy.checks.partner_notes import note_partners
from workers.policy.checks.tables_of_routes import note_gaps
from workers.policy.checks.word_notes import note_words
from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.behaviour_rules import Rule
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem

KNOWN_ACTIVITIES: Final = (
    *("page_view", "download", "webinar_registered", "webinar_attended", "email_opened", "email_clicked"),
    *("email_sent", "email_delivered", "video_watched", "chat_started", "chat_message", "chat_ended"),
    *("heartbeat", "ping"),
)
"""Activities of the contract and of the shipped policies. A site may have others."""
_SIMILAR: Final = 0.85
"""The similarity, from 0 to 1, from which an activity counts as a slip of a known one."""
_REGULAR_EXPRESSION: Final = frozenset("^$\\|")
"""Characters that pages and files do not have, but regular expressions do."""
_OTHER_PATTERNS: Final = ("asset", "form", "campaign")


def find_notes(policy: Policy, document: Document) -> list[Problem]:
    """Return what can never match and what is counted twice. ``found`` is the case, ``expected`` the advice."""
    return [
        *_note_patterns(policy, document),
        *_note_user_agents(policy, document),
        *_note_activities(policy, document),
        *_note_double_counting(policy, document),
        *note_partners(policy, document),
        *note_words(policy, document),
        *note_gaps(policy),
        *note_deadlines(policy, document),
    ]


def _note_patterns(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each pattern of a rule that matches no whole address, or that is an address in another key."""
    for name, rule in policy.behaviour.rules.items():
        place: KeyPath = ("behaviour", "rules", name, "when")
        if rule.when is None:
            continue
        for at, pattern in enumerate(rule.when.url):
            if advice := _advise_on_address(pattern):
                yield document.make_problem(
                    (*place, "url", at), f"{quote(pattern)} fits no whole address", advice
                )
        for key in _OTHER_PATTERNS:
            for at, pattern in enumerate(getattr(rule.when, key)):
                if "://" in pattern or pattern.lstrip("*").startswith("/"):
                    yield document.make_problem(
                        (*place, key, at),
                        f"{quote(pattern)} is the pattern of an address, but {key} is not an address",
                        f"url: {quote(_as_address(pattern))} may be meant",
                    )


def _advise_on_address(pattern: str) -> str | None:
    """Return how to write a pattern of addresses that can match none. None: it can match one."""
    if any(map(str.isspace, pattern)):
        return "an address has no blank"
    if not _REGULAR_EXPRESSION.isdisjoint(pattern) or ".*" in pattern:
        plain = "*".join(part for part in pattern.strip("^$").replace(".*", "*").replace("\\", "").split("*"))
        return f"{quote(_as_address(plain))} may be meant: only * is special, and it means any characters"
    if (
        pattern.startswith("*")
        or "://" in pattern.split("*", 1)[0]
        or "http".startswith(pattern.split("*", maxsplit=1)[0])
    ):
        return None
    return f"an address begins with https://, so {quote(_as_address(pattern))} may be meant"


def _as_address(pattern: str) -> str:
    """Return a pattern that matches addresses with this text in any place."""
    core = pattern.strip("*")
    return f"{core}*" if "://" in core else f"*{core}*"


def _note_user_agents(policy: Policy, document: Document) -> Iterator[Problem]:
    for at, pattern in enumerate(policy.no_visits.user_agents):
        if "*" not in pattern and "/" not in pattern and " " not in pattern:
            yield document.make_problem(
                ("no_visits", "user_agents", at),
                f"{quote(pattern)} fits no whole user agent",
                f"{quote(f'*{pattern}*')} may be meant",
            )


def _note_activities(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each activity that is probably a slip of a known one."""
    places: list[tuple[KeyPath, str]] = [
        (("behaviour", "rules", name, "when", "activity", at), activity)
        for name, rule in policy.behaviour.rules.items()
        for at, activity in enumerate(rule.when.activity if rule.when else ())
    ]
    answers = policy.stages.mql.or_responds_to
    if answers is not None:
        places += [
            (("stages", "mql", "or_responds_to", "by", at), activity)
            for at, activity in enumerate(answers.by)
        ]
    plain = {known.replace("_", ""): known for known in KNOWN_ACTIVITIES}
    for place, activity in places:
        near = get_close_matches(activity.replace("_", ""), plain, n=1, cutoff=_SIMILAR)
        if near and activity not in KNOWN_ACTIVITIES:
            yield document.make_problem(
                place,
                f"the activity {activity} is not one that the contract names",
                f"{plain[near[0]]} may be meant",
            )


def _note_double_counting(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each rule whose events all count for a more general rule too."""
    rules, replaces, implied = policy.behaviour.rules, policy.behaviour.replaces, policy.behaviour.implied
    for name, rule in rules.items():
        for other, general in rules.items():
            linked = {*replaces[name], *implied[name]}
            if other == name or other in linked or name in {*replaces[other], *implied[other]}:
                continue
            if _covers(general, rule) and not (
                _covers(rule, general) and list(rules).index(name) < list(rules).index(other)
            ):
                yield document.make_problem(
                    ("behaviour", "rules", name),
                    f"each event that matches {name} counts for {other} too",
                    f"instead_of: {other} may be meant",
                    at_key=True,
                )


def _covers(general: Rule, rule: Rule) -> bool:
    """Whether each event that ``rule`` counts matches ``general``. Patterns are compared as texts."""
    wide, narrow = general.when, rule.when
    if wide is None or narrow is None:
        return False
    if bool(wide.form) != bool(narrow.form) or general.at_least or general.once_per:
        return False
    if wide.activity and not (narrow.activity and set(narrow.activity) <= set(wide.activity)):
        return False
    return all(
        key in narrow.patterns and all(pattern.match(one) for one in getattr(narrow, key))
        for key, pattern in wide.patterns.items()
    )
