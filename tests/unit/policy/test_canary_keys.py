"""The keys that a canary can change, those that it cannot, and the words that choose its accounts."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY
from workers.accounts.rulebook.terms import Terms
from workers.desks.handle import DesksHop
from workers.directory.handle import DirectoryHop
from workers.policy.canary import _SHARED, ShareError, find_shared_changes, read_share
from workers.policy.load import load_policy
from workers.policy.model import Policy
from workers.visitors.handle import VisitorsHop

TEXT = POLICY.read_text("utf-8")
PRESENT = load_policy(TEXT)
SPLIT = {
    "version",
    "definitions",
    "served_market",
    "buyers",
    "fit",
    "gates",
    "grade",
    "behaviour",
    "stages",
    "routes",
    "tables",
    "conditions",
    "paths",
    "owners",
}
"""The keys that a canary can change, some of them in part."""


def changed(*changes: tuple[str, str]) -> Policy:
    text = TEXT.replace("version: 1\n", "version: 2\n")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load_policy(text)


def test_every_key_of_the_policy_is_split_or_shared() -> None:
    assert set(Policy.model_fields) == SPLIT | set(_SHARED)
    assert not SPLIT & set(_SHARED)


def test_the_other_hops_read_no_key_that_a_canary_can_change_but_the_ones_that_are_compared() -> None:
    """Each hop is made from a policy that lacks these keys: reading one would raise AttributeError."""
    shared = Policy.model_construct({"grade"}, **{name: getattr(PRESENT, name) for name in _SHARED})
    for name in SPLIT:
        shared.__dict__.pop(name, None)
    shared.__dict__.update(
        ref=PRESENT.ref,
        points_last_ms=PRESENT.points_last_ms,
        default_desk=PRESENT.default_desk,
        partner_order=PRESENT.partner_order,
    )
    with pytest.raises(AttributeError):
        Terms(shared)
    VisitorsHop(shared, b"key", 1)
    DirectoryHop(shared, b"key", 1)
    DesksHop(shared)


@pytest.mark.parametrize(
    "changes",
    [
        [("bar: 135", "bar: 140")],
        [("in: [US]", "in: [US, CA]")],
        [("regions: [CA, OR, WA]", "regions: [CA]")],
        [("not_people: [integration_user", "not_people: [own, integration_user")],
        [("version: 2\n", "version: 3\n# a comment\n")],
    ],
    ids=["threshold", "gate", "territory", "owners", "comment"],
)
def test_what_is_decided_about_one_account_can_be_tried(changes: list[tuple[str, str]]) -> None:
    assert find_shared_changes(PRESENT, changed(*changes)) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("raised_hand: 30m", "raised_hand: 20m", "desks: a desk has accounts of both sides"),
        ("timezone: America/New_York  ", "timezone: America/Chicago  ", "timezone: counts"),
        ("policy: us-commercial-banks", "policy: others", "policy: a canary is a later version of the same"),
        ("erase_within: 24h", "erase_within: 12h", "privacy: "),
        ("days_without_touch: 120", "days_without_touch: 80", "stages.expired: "),
        ("proven_by: [phone, postal_code]", "proven_by: [phone]", "matching: "),
        ('["cio-roundtable*"]', '["cio-*"]', "stages.mql.or_responds_to: "),
        ("rules: [pricing, rates, webinar]", "rules: [pricing, rates]", "behaviour.signals: "),
        (
            "when: {activity: download}",
            "when: {activity: paper_read}",
            "behaviour.rules.paper: events are counted",
        ),
        ("at_least: 2m", "at_least: 1m", "behaviour.rules.video: "),
        (
            "    rates:  ",
            "    demos: {when: {activity: demo_watched}, points: 3}\n    rates:  ",
            "behaviour.rules.demos: ",
        ),
        ("session_gap: 30m", "session_gap: 20m", "behaviour.session_gap: "),
        ("mail_scanners: {links: 3", "mail_scanners: {links: 4", "behaviour.mail_scanners: "),
        (
            "to_zero_after_days: 60}",
            "to_zero_after_days: 90}",
            "behaviour (the longest decay is 60 days now",
        ),
        (
            "  - {otherwise:",
            "  - {if: {forms: [contact]}, to: desk west}\n  - {otherwise:",
            "forms: a lead's last form is kept only",
        ),
        (
            "  - {otherwise:",
            "  - {if: {fields: {plan: [gold]}}, to: desk west}\n  - {otherwise:",
            "fields.plan: a custom field is kept only",
        ),
    ],
)
def test_what_accounts_share_or_count_cannot_be_tried(old: str, new: str, named: str) -> None:
    (found,) = find_shared_changes(PRESENT, changed((old, new)))
    assert found.startswith(named)


def test_the_desk_of_otherwise_cannot_be_tried() -> None:
    after = changed(
        ("{otherwise: desk inside_sales}", "{otherwise: desk west}"),
        ("WA]}, to: desk west}", "WA]}, to: desk inside_sales}"),
    )
    (found,) = find_shared_changes(PRESENT, after)
    assert found.startswith("routes.otherwise: ")


def test_points_caps_and_groups_of_a_rule_can_be_tried() -> None:
    after = changed(
        ("points: 8, group: content}", "points: 9, cap: 18, group: events}"),
        ("web: {cap: 15}", "web: {cap: 12}"),
    )
    assert find_shared_changes(PRESENT, after) == []


NAMED = changed(
    (
        "owners:  ",
        "conditions: {big: {revenue: {from: 900M}}, asks: {asks_for: [demo], regions: [CA]}}\n\nowners:  ",
    ),
    ("  - {otherwise:", "  - {if: big, to: desk west}\n  - {if: asks, to: desk west}\n  - {otherwise:"),
)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("10%", "10%"),
        (" 2.50 % ", "2.5%"),
        ("0.01%", "0.01%"),
        ("country=us, CA", "country=CA,US"),
        ("territory=big", "territory=big"),
    ],
)
def test_the_accounts_of_a_canary_have_one_spelling(words: str, text: str) -> None:
    share = read_share(words, NAMED)
    assert share.text == text
    assert read_share(text, NAMED) == share
    assert (share.conditions is None) is text.endswith("%")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("0%", "0% has no accounts"),
        ("100%", r'found "100%", expected a share of the accounts as 10%.*leave --canary out'),
        ("ten", 'found "ten", expected a share'),
        ("10.123%", 'found "10.123%"'),
        ("country", 'found "country"'),
        ("country=", "country= is not a list of countries; expected two letters"),
        ("country=USA", "country=USA is not a list of countries"),
        (
            "territory=west",
            "territory=west is not a condition of the present policy; its conditions are: big, asks",
        ),
        ("territory=asks", "territory=asks tests asks_for, which may differ for two leads of one account"),
    ],
)
def test_words_that_name_no_accounts_are_refused(words: str, message: str) -> None:
    with pytest.raises(ShareError, match=message):
        read_share(words, NAMED)
