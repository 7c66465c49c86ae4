"""A canary: a newer version of the policy that decides a part of the accounts, before it is published for all.

In: the words after ``--canary``, and two policies. Out: which accounts are meant, and what a canary cannot change. The split is by
account, so it can change only what the accounts hop decides about one account. What accounts share stays as the present policy
has it: desks with their turns, capacity and times, partners, and which events count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from workers.policy.conditions import LeadConditions, NamedCondition
from workers.policy.tested_conditions import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.model import Policy

BUCKETS: Final = 10_000
"""The accounts are spread over this many buckets, so a share has up to two decimals."""
EXPECTED: Final = (
    "a share of the accounts as 10%, countries as country=CA,MX, or a condition as territory=NAME"
)
_PERCENT: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*%")
_OF_COMPANY: Final = frozenset({"regions", "countries", "revenue", "employees", "industry", "relationship"})
"""The conditions that test a fact of the company. A fact of a person would split the leads of one account."""


class ShareError(ValueError):
    """The words do not name accounts. The message names what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Share:
    """The accounts of a canary. One of ``buckets`` and ``conditions`` is given."""

    text: str
    """The words in one spelling, as the log has them."""
    buckets: int = 0
    """An account belongs to it if the number of its bucket is below. At most 9,999."""
    conditions: LeadConditions | None = None
    """Conditions on the company. An account belongs to it if all hold for the known facts of its company."""


def read_share(text: str, present: Policy) -> Share:
    """Return the accounts that the words name. Raises ShareError.

    ``present``: the policy that all other accounts have. A condition has the meaning that it gives.
    """
    percent = _PERCENT.fullmatch(text.strip())
    if percent:
        buckets = int(Decimal(percent[1]) * (BUCKETS // 100))
        if not buckets:
            raise ShareError(f"{text} has no accounts; expected {EXPECTED}")
        return Share(f"{Decimal(percent[1]).normalize():f}%", buckets)
    kind, is_given, value = text.strip().partition("=")
    if kind == "country" and is_given:
        return _read_countries(value)
    if kind == "territory" and is_given:
        return _read_condition(value, present)
    raise ShareError(f'found "{text}", expected {EXPECTED}; for all accounts leave --canary out')


def _read_countries(value: str) -> Share:
    codes = sorted({code.strip().upper() for code in value.split(",")})
    try:
        conditions = NamedCondition.model_validate({"countries": codes})
    except ValidationError:
        raise ShareError(
            f"country={value} is not a list of countries; expected two letters each (ISO 3166), as country=CA,MX"
        ) from None
    return Share(f"country={','.join(codes)}", conditions=conditions)


def _read_condition(name: str, present: Policy) -> Share:
    conditions = present.conditions.get(name)
    if conditions is None:
        known = ", ".join(present.conditions) or "none"
        raise ShareError(
            f"territory={name} is not a condition of the present policy; its conditions are: {known}"
        )
    others = [key.rstrip("_") for key in conditions.given if key not in _OF_COMPANY]
    if others:
        raise ShareError(
            f"territory={name} tests {', '.join(others)}, which may differ for two leads of one account; expected only "
            f"{', '.join(sorted(_OF_COMPANY))}"
        )
    return Share(f"territory={name}", conditions=conditions)


_SHARED: Final = {
    "name": "a canary is a later version of the same policy",
    "timezone": "counts of events are kept by its days",
    "currency": "it belongs to all amounts of the company",
    "matching": "it decides which account a person belongs to",
    "words": "input records are read before their account is known",
    "skills": "the desks match reps by it",
    "partners": "partners have accounts of both sides, with one limit and one order of turns",
    "desks": "a desk has accounts of both sides, with one order of turns, one capacity and one set of times",
    "calendars": "desks and partners have accounts of both sides",
    "privacy": "people's data is kept, and erased, for all accounts alike",
    "no_visits": "events are dropped before their account is known",
}
"""The keys of the policy that a canary cannot change, each with the reason."""
_COUNTING: Final = (
    "events are counted when they come, and a lead keeps its counts when its account changes sides. To try a new rule, publish it "
    "for all with 1 point first, then its points as a canary"
)
_OF_RULE: Final = frozenset({"points", "cap", "group", "fade"})
"""The keys of a behaviour rule that turn counts into points. The others decide what is counted."""


def find_shared_changes(before: Policy, after: Policy) -> list[str]:
    """Return what ``after`` changes and a canary cannot, each with the reason. Empty: it can be tried on a part."""
    return list(_shared_changes(before, after))


def _shared_changes(before: Policy, after: Policy) -> Iterator[str]:
    for name, why in _SHARED.items():
        if getattr(before, name) != getattr(after, name):
            yield f"{'policy' if name == 'name' else name}: {why}"
    for key in _counting_changes(before, after):
        yield f"{key}: {_COUNTING}"
    if before.behaviour.signals != after.behaviour.signals:
        yield "behaviour.signals: signals are collected when they come"
    if before.stages.expired != after.stages.expired:
        yield "stages.expired: it decides for how long counts are kept, and what is a touch"
    if before.stages.mql.or_responds_to != after.stages.mql.or_responds_to:
        yield "stages.mql.or_responds_to: responses are noted when they come"
    if before.default_desk != after.default_desk:
        yield "routes.otherwise: the desks take the times of owners without a desk from this desk"
    if _keeps_forms(before) != _keeps_forms(after):
        yield "forms: a lead's last form is kept only if a condition tests it"
    for field in sorted(_custom_fields(before) ^ _custom_fields(after)):
        yield f"fields.{field}: a custom field is kept only if a condition or a line of fit tests it"


def _counting_changes(before: Policy, after: Policy) -> Iterator[str]:
    old, new = before.behaviour, after.behaviour
    for name in dict.fromkeys((*old.rules, *new.rules)):
        if _counting_of(old.rules.get(name)) != _counting_of(new.rules.get(name)):
            yield f"behaviour.rules.{name}"
    for key in ("session_gap_ms", "mail_scanners"):
        if getattr(old, key) != getattr(new, key):
            yield f"behaviour.{key.removesuffix('_ms')}"
    if old.horizon_days != new.horizon_days:
        yield f"behaviour (the longest decay is {old.horizon_days} days now, and would be {new.horizon_days})"


def _counting_of(rule: Any) -> dict[str, Any] | None:
    if rule is None:
        return None
    return {name: getattr(rule, name) for name in type(rule).model_fields if name not in _OF_RULE}


def _keeps_forms(policy: Policy) -> bool:
    return any(one.forms for one in conditions_of(policy))


def _custom_fields(policy: Policy) -> set[str]:
    """Return the names of the custom fields that the policy tests, or to which it gives points."""
    fields = set() if policy.fit is None else set(policy.fit.by_field)
    return fields.union(*(one.fields for one in conditions_of(policy)))
