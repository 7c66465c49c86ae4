"""Alerts about buying signals: which rep is notified, and what clears the alert."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hops.accounts.market import (
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    alerts,
    facts,
    form,
    released,
    rep,
    sales,
)

AFTER = MONDAY + 4 * HOUR_MS
SIGNALS = "  signals: {rules: [pricing, rates, webinar], bundle: 4h}"


def looked_at_prices(**company: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False), rep("new", at_desk=False))
    market.send(facts(**company), form(), activity("page_view", url="https://x.example/pricing"))
    return market


def test_a_bundle_notifies_the_owner_on_whom_the_account_then_depends() -> None:
    market = looked_at_prices(owner_rep_id="own")
    (results,) = market.tick(AFTER)
    assert (results.alert, results.rep_id, results.told) == ("buying_signals", "own", ["own"])
    assert market.account().depends == ("own",)
    market.send(sales("touched", lead_id="ann"), at_ms=AFTER)
    assert market.account().depends == ()


@pytest.mark.parametrize(
    "ends",
    [
        facts(owner_rep_id="new"),
        facts(),
        facts(owner_rep_id="own", relationship="competitor"),
        facts(owner_rep_id="own", primary_key="domain:other.example"),
        released(),
    ],
    ids=["another owner", "nobody", "a competitor", "it lives elsewhere", "the CRM has no such account"],
)
def test_the_alert_is_cleared_when_the_owner_is_no_longer_the_owner(ends: Any) -> None:
    market = looked_at_prices(owner_rep_id="own")
    market.tick(AFTER)
    assert alerts(market.send(ends, at_ms=AFTER), cleared=True) == ["buying_signals"]


def test_the_alert_is_cleared_when_the_owner_leaves_and_when_the_policy_has_no_signals_any_more() -> None:
    market = looked_at_prices(owner_rep_id="own")
    market.tick(AFTER)
    market.reps(rep("own", at_desk=False, active=False), at_ms=AFTER)
    assert alerts(market.outputs, cleared=True) == ["buying_signals"]

    market = looked_at_prices(owner_rep_id="own")
    market.tick(AFTER)
    assert SIGNALS in POLICY_TEXT
    market.follow(POLICY_TEXT.replace(SIGNALS, "").replace("version: 1", "version: 2"), AFTER)
    assert alerts(market.outputs, cleared=True) == ["buying_signals"]


@pytest.mark.parametrize(
    "becomes", [{"relationship": "competitor"}, {"primary_key": "domain:other.example"}, {}]
)
def test_an_unpublished_bundle_is_dropped_when_the_account_has_no_one_to_notify(
    becomes: dict[str, Any],
) -> None:
    market = looked_at_prices(owner_rep_id="own")
    market.send(facts(owner_rep_id="own" if becomes else None, **becomes))
    assert "buying_signals" not in alerts(market.tick(AFTER))
