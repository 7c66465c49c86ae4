from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]

REFUSED = [
    (
        "probability_percent: 15",
        "probability_percent: 50",
        "stages.opportunity.probability_percent",
        "10 to 20",
    ),
    ("days_without_touch: 120", "days_without_touch: 0", "stages.expired.days_without_touch", "1"),
    (
        "days_without_touch: 120",
        "days_without_touch: 4h",
        "stages.expired.days_without_touch",
        "whole number",
    ),
    ("days_without_touch: 120", "days: 120", "stages.expired.days", "one of days_without_touch, no_touch"),
    ("attempts_before_no: 5", "attempts_before_no: 21", "stages.attempts_before_no", "20"),
    ("attempts_before_no: 5", "attempts_before_no: few", "stages.attempts_before_no", "whole number"),
    (
        "{activity: email_clicked}",
        "{activity: email_sent}",
        "behaviour.rules.click.when.activity",
        "an activity of the lead",
    ),
    (
        "by: [webinar_registered,",
        "by: [email_delivered,",
        "stages.mql.or_responds_to.by[1]",
        "is not a response",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "expected"), REFUSED, ids=[case[1] for case in REFUSED])
def test_an_invalid_stage_rule_is_refused(
    changed: Changed, problems: Problems, old: str, new: str, key: str, expected: str
) -> None:
    found = {one.key: one.expected for one in problems(changed((old, new)))}
    assert expected in found[key]


def test_a_policy_may_list_its_own_outbound_activities(changed: Changed) -> None:
    text = changed(("{days_without_touch: 120}", "{days_without_touch: 90, no_touch: [letter_sent]}"))
    expired = load_policy(text).stages.expired
    assert expired is not None
    assert (expired.days_without_touch, expired.no_touch) == (90, ("letter_sent",))


def test_a_rule_for_our_own_mail_is_refused_even_without_expiry(changed: Changed, problems: Problems) -> None:
    text = changed(
        ("  expired: {days_without_touch: 120}      # neither", "  # neither"),
        ("for {stages.expired.days_without_touch} days", "for long"),
        ("{activity: email_clicked}", "{activity: email_sent}"),
    )
    (found,) = problems(text)
    assert (found.key, found.expected) == (
        "behaviour.rules.click.when.activity",
        "an activity of the lead: an e-mail that we send earns no points",
    )


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("    mql: Marketing Qualified\n", "    mqls: Marketing Qualified\n", "the key mqls"),
        ("names: {sal: accepted", "names: {anonymous: not known yet, sal: accepted", "the key anonymous"),
    ],
)
def test_a_name_for_an_unknown_stage_is_refused(
    changed: Changed, problems: Problems, old: str, new: str, found: str
) -> None:
    assert found in {one.found for one in problems(changed((old, new)))}
