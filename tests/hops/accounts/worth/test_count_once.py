"""Once per bucket, once per message: the earliest counts, in any order, on its own day."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.hops.accounts.market import DAY_MS, MONDAY, POLICY, POLICY_TEXT, at
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.count_once import MOST_KEYS, message_mark
from workers.accounts.worth.counts import after_no, keys_by_rule, with_event, with_sent
from workers.policy.load import load_policy

TERMS = Terms(POLICY)
DAY = TERMS.day_of(MONDAY)
Event = tuple[str, str | None, int]
"""What, about which message, how many days after Monday."""


def once_a(bucket: str) -> Terms:
    return Terms(load_policy(POLICY_TEXT.replace("once_per: 24h", f"once_per: {bucket}")))


def score_of(
    *events: tuple[str, str | None, int], terms: Terms = TERMS, lead: LeadRow | None = None
) -> ScoreRow:
    """Count (activity, asset, at_ms) in order."""
    score = ScoreRow()
    for number, (what, asset, at_ms) in enumerate(events):
        names = terms.rules.for_activity(what, None, asset, None).names(0)
        score = with_event(
            terms, lead or LeadRow(), score, names, at_ms, f"e{number}", message_mark(asset, None)
        )
    return score


def times(score: ScoreRow) -> dict[str, int]:
    return {found.rule: sum(n for _, n in found.days) for found in score.counts}


OPEN, CLICK = "email_opened", "email_clicked"


@pytest.mark.parametrize(
    ("mails", "expected"),
    [
        pytest.param([(OPEN, "march")], {"opened": 1}, id="opened"),
        pytest.param([(CLICK, "march")], {"click": 1, "opened": 1}, id="a click implies the opening"),
        pytest.param(
            [(OPEN, "march"), (CLICK, "march")], {"click": 1, "opened": 1}, id="the same mail, once"
        ),
        pytest.param([(OPEN, "march"), (CLICK, "april")], {"click": 1, "opened": 2}, id="two mails"),
        pytest.param([(CLICK, "march")] * 3, {"click": 3, "opened": 1}, id="each click, one opening"),
        pytest.param([(OPEN, "march")] * 3, {"opened": 1}, id="opened again and again"),
        pytest.param([(OPEN, None), (CLICK, None)], {"click": 1, "opened": 2}, id="mails that nothing names"),
    ],
)
def test_a_message_is_opened_once_in_whatever_order(
    mails: list[tuple[str, str | None]], expected: dict[str, int]
) -> None:
    events = [(what, asset, MONDAY + number * DAY_MS) for number, (what, asset) in enumerate(mails)]
    assert {tuple(sorted(times(score_of(*order)).items())) for order in permutations(events)} == {
        tuple(sorted(expected.items()))
    }


def test_the_opening_counts_on_the_day_of_the_earliest_sign_of_it() -> None:
    click, opened = (CLICK, "march", MONDAY), (OPEN, "march", MONDAY - 3 * DAY_MS)
    for order in ((click, opened), (opened, click)):
        days = {found.rule: found.days for found in score_of(*order).counts}
        assert days == {"click": ((DAY, 1),), "opened": ((DAY - 3, 1),)}


def test_a_mail_without_an_asset_is_known_by_its_campaign() -> None:
    assert message_mark(None, "spring") == message_mark("spring", "other") != message_mark("autumn", None)
    assert message_mark(None, None) == ""


@pytest.mark.parametrize(
    ("bucket", "first", "second", "expected"),
    [
        ("24h", "2026-03-02 00:00", "2026-03-02 23:59", 1),
        ("24h", "2026-03-02 23:59", "2026-03-03 00:00", 2),
        ("4h", "2026-03-02 08:00", "2026-03-02 11:59", 1),
        ("4h", "2026-03-02 11:59", "2026-03-02 12:00", 2),
        ("24h", "2026-03-08 00:30", "2026-03-08 23:30", 1),  # the day of 23 hours
        ("24h", "2026-11-01 00:30", "2026-11-01 23:30", 1),  # the day of 25 hours
        ("7d", "2026-03-05 00:00", "2026-03-11 23:59", 1),
        ("7d", "2026-03-04 23:59", "2026-03-05 00:00", 2),
    ],
)
def test_buckets_are_fixed_and_begin_at_midnight_in_the_policys_zone(
    bucket: str, first: str, second: str, expected: int
) -> None:
    terms = once_a(bucket)
    events = [("calculator_used", None, at(first)), ("calculator_used", None, at(second))]
    for order in permutations(events):
        assert times(score_of(*order, terms=terms)) == {"rates": expected}


def test_a_bucket_of_days_counts_on_the_first_days_date_though_it_comes_last() -> None:
    terms = once_a("7d")
    thursday = at("2026-03-05 09:00")
    late = [("calculator_used", None, thursday + days * DAY_MS) for days in (4, 2, 0)]
    (found,) = score_of(*late, terms=terms).counts
    assert found.days == ((terms.day_of(thursday), 1),)
    assert found.event_id == "e0"  # the latest that fitted


def test_new_points_after_a_no_are_those_of_messages_first_seen_after_it() -> None:
    said_no_ms = MONDAY + DAY_MS
    lead = LeadRow(handoffs=("h",))
    events = [(CLICK, "old", MONDAY), (OPEN, "new", MONDAY + 2 * DAY_MS), (OPEN, "old", MONDAY + 2 * DAY_MS)]
    score = after_no(TERMS, score_of(*events, lead=lead), said_no_ms)
    assert {found.rule: found.days for found in score.since or ()} == {"opened": ((DAY + 2, 1),)}

    lead = LeadRow(said_no_ms=said_no_ms)
    before = with_event(
        TERMS, lead, score, ("opened",), MONDAY, "late", message_mark("new", None)
    )  # it was opened before the no already
    assert before.since == ()


def test_keys_are_bounded_and_the_oldest_goes() -> None:
    terms = once_a("1h")
    hours = [("calculator_used", None, MONDAY + hour * 3_600_000) for hour in range(MOST_KEYS + 30)]
    score = score_of(*hours, terms=terms)
    assert len(score.once[0].keys) == MOST_KEYS


def test_what_two_account_keys_counted_of_one_message_counts_once() -> None:
    here = score_of((OPEN, "march", MONDAY), (OPEN, "may", MONDAY), ("download", None, MONDAY))
    there = score_of((CLICK, "march", MONDAY - 2 * DAY_MS), ("download", None, MONDAY - DAY_MS))
    keys = keys_by_rule(there)
    joined = with_sent(TERMS, here, [(count, keys.get(count.rule, {})) for count in there.counts])
    assert {found.rule: found.days for found in joined.counts} == {
        "click": ((DAY - 2, 1),),
        "opened": ((DAY - 2, 1), (DAY, 1)),
        "paper": ((DAY - 1, 1), (DAY, 1)),
    }
    assert times(
        with_event(TERMS, LeadRow(), joined, ("opened",), MONDAY, "x", message_mark("may", None))
    ) == times(joined)
