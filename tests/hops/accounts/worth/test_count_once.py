"""Rules that count one event per bucket or per message: the earliest counts, on its own day, in any order."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.hops.accounts.market import DAY_MS, MONDAY, POLICY, POLICY_TEXT, at
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.count_once import MOST_KEYS, message_mark
from workers.accounts.worth.counts import add_sent_counts, keys_by_rule, start_new_points, with_event
from workers.policy.load import load_policy

TERMS = Terms(POLICY)
DAY = TERMS.day_of(MONDAY)
Event = tuple[str, str | None, int]
"""(activity, asset of the message, date in milliseconds UTC)."""


def terms_with_bucket(bucket: str) -> Terms:
    return Terms(load_policy(POLICY_TEXT.replace("once_per: 24h", f"once_per: {bucket}")))


def score_of(*events: Event, terms: Terms = TERMS, lead: LeadRow | None = None) -> ScoreRow:
    """Return the score of the events, counted in this order."""
    score = ScoreRow()
    for number, (what, asset, at_ms) in enumerate(events):
        names = terms.rules.for_activity(what, None, asset, None).names(0)
        score = with_event(
            terms, lead or LeadRow(), score, names, at_ms, f"e{number}", message_mark(asset, None)
        )
    return score


def events_by_rule(score: ScoreRow) -> dict[str, int]:
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
        pytest.param([(OPEN, "march")] * 3, {"opened": 1}, id="opened several times"),
        pytest.param(
            [(OPEN, None), (CLICK, None)], {"click": 1, "opened": 2}, id="mails without asset or campaign"
        ),
    ],
)
def test_a_message_counts_as_opened_once_in_any_order(
    mails: list[tuple[str, str | None]], expected: dict[str, int]
) -> None:
    events = [(what, asset, MONDAY + number * DAY_MS) for number, (what, asset) in enumerate(mails)]
    assert {tuple(sorted(events_by_rule(score_of(*order)).items())) for order in permutations(events)} == {
        tuple(sorted(expected.items()))
    }


def test_an_opening_counts_on_the_day_of_its_earliest_event() -> None:
    click, opened = (CLICK, "march", MONDAY), (OPEN, "march", MONDAY - 3 * DAY_MS)
    for order in ((click, opened), (opened, click)):
        days = {found.rule: found.days for found in score_of(*order).counts}
        assert days == {"click": ((DAY, 1),), "opened": ((DAY - 3, 1),)}


def test_a_mail_without_an_asset_is_identified_by_its_campaign() -> None:
    assert message_mark(None, "spring") == message_mark("spring", "other") != message_mark("autumn", None)
    assert message_mark(None, None) == ""


@pytest.mark.parametrize(
    ("bucket", "first", "second", "expected"),
    [
        ("24h", "2026-03-02 00:00", "2026-03-02 23:59", 1),
        ("24h", "2026-03-02 23:59", "2026-03-03 00:00", 2),
        ("4h", "2026-03-02 08:00", "2026-03-02 11:59", 1),
        ("4h", "2026-03-02 11:59", "2026-03-02 12:00", 2),
        ("24h", "2026-03-08 00:30", "2026-03-08 23:30", 1),  # a day of 23 hours
        ("24h", "2026-11-01 00:30", "2026-11-01 23:30", 1),  # a day of 25 hours
        ("7d", "2026-03-05 00:00", "2026-03-11 23:59", 1),
        ("7d", "2026-03-04 23:59", "2026-03-05 00:00", 2),
    ],
)
def test_buckets_are_fixed_and_begin_at_midnight_in_the_policys_zone(
    bucket: str, first: str, second: str, expected: int
) -> None:
    terms = terms_with_bucket(bucket)
    events = [("calculator_used", None, at(first)), ("calculator_used", None, at(second))]
    for order in permutations(events):
        assert events_by_rule(score_of(*order, terms=terms)) == {"rates": expected}


def test_a_bucket_counts_on_the_day_of_its_earliest_event_even_if_that_arrives_last() -> None:
    terms = terms_with_bucket("7d")
    thursday = at("2026-03-05 09:00")
    late = [("calculator_used", None, thursday + days * DAY_MS) for days in (4, 2, 0)]
    (found,) = score_of(*late, terms=terms).counts
    assert found.days == ((terms.day_of(thursday), 1),)
    assert found.event_id == "e0"  # the latest that matched the rule


def test_new_points_after_a_rejection_are_those_of_messages_first_seen_after_it() -> None:
    said_no_ms = MONDAY + DAY_MS
    lead = LeadRow(handoffs=("h",))
    events = [(CLICK, "old", MONDAY), (OPEN, "new", MONDAY + 2 * DAY_MS), (OPEN, "old", MONDAY + 2 * DAY_MS)]
    score = start_new_points(TERMS, score_of(*events, lead=lead), said_no_ms)
    assert {found.rule: found.days for found in score.since or ()} == {"opened": ((DAY + 2, 1),)}

    lead = LeadRow(said_no_ms=said_no_ms)
    before = with_event(
        TERMS, lead, score, ("opened",), MONDAY, "late", message_mark("new", None)
    )  # the message was already opened before the rejection
    assert before.since == ()


def test_buckets_are_bounded_and_the_oldest_is_dropped() -> None:
    terms = terms_with_bucket("1h")
    hours = [("calculator_used", None, MONDAY + hour * 3_600_000) for hour in range(MOST_KEYS + 30)]
    score = score_of(*hours, terms=terms)
    assert len(score.once[0].keys) == MOST_KEYS


def test_a_message_counted_under_two_account_keys_counts_once() -> None:
    here = score_of((OPEN, "march", MONDAY), (OPEN, "may", MONDAY), ("download", None, MONDAY))
    there = score_of((CLICK, "march", MONDAY - 2 * DAY_MS), ("download", None, MONDAY - DAY_MS))
    keys = keys_by_rule(there)
    joined = add_sent_counts(TERMS, here, [(count, keys.get(count.rule, {})) for count in there.counts])
    assert {found.rule: found.days for found in joined.counts} == {
        "click": ((DAY - 2, 1),),
        "opened": ((DAY - 2, 1), (DAY, 1)),
        "paper": ((DAY - 1, 1), (DAY, 1)),
    }
    assert events_by_rule(
        with_event(TERMS, LeadRow(), joined, ("opened",), MONDAY, "x", message_mark("may", None))
    ) == events_by_rule(joined)
