"""Backtests of two policies over a story: the leads that change, the load, and the results of sales."""

from __future__ import annotations

from datetime import date

from tests.scenarios.story import Story
from tests.unit.backtest.conftest import Tested
from workers.backtest.lead_decisions import Change
from workers.identity.lead_ids import lead_id_of

KEY = b"a key for tests only"
ANN, BOB, CAT = (lead_id_of(name, KEY) for name in ("ann@oak.example", "bob@elm.example", "cat@ash.example"))


def test_a_higher_threshold_loses_the_lead_below_it(story: Story, tested: Tested, agreed: str) -> None:
    found, changed = tested(
        story, agreed.replace("bar: 135", "bar: 130"), agreed.replace("bar: 135", "bar: 140")
    )

    lost = {lead.lead_id: lead for lead in changed if Change.MQL in lead.changes}
    assert set(lost) == {CAT}
    assert (found.before.mqls, found.after.mqls, found.lost_mqls, found.new_mqls) == (3, 2, 1, 0)
    assert Change.STAGE in lost[CAT].changes
    assert Change.KIND in lost[CAT].changes
    assert lost[CAT].after.best is not None
    assert lost[CAT].after.best.total < 140
    assert [lead.lead_id for lead in found.examples["lost_mql"]] == [CAT]


def test_the_present_and_the_new_policy_change_places(story: Story, tested: Tested, agreed: str) -> None:
    found, _ = tested(story, agreed.replace("bar: 135", "bar: 140"), agreed.replace("bar: 135", "bar: 130"))
    assert (found.before.mqls, found.after.mqls, found.lost_mqls, found.new_mqls) == (2, 3, 0, 1)


def test_another_desk_is_another_owner_at_the_same_time(story: Story, tested: Tested, agreed: str) -> None:
    other = agreed.replace(
        "{if: {regions: [CA, OR, WA]}, to: desk west}", "{if: {countries: [US]}, to: desk west}"
    )
    story.rep("wes", desks=[{"desk": "west", "weight": 1}])
    _, changed = tested(story, agreed, other)
    by_lead = {lead.lead_id: lead for lead in changed}
    assert set(by_lead) == {ANN, BOB}
    assert Change.OWNER in by_lead[BOB].changes
    assert Change.STAGE not in by_lead[BOB].changes
    assert by_lead[BOB].is_turn_only is False


def test_the_load_counts_each_rep_in_the_week_of_the_hand_off(
    story: Story, tested: Tested, agreed: str
) -> None:
    found, _ = tested(story, agreed, agreed)
    load = found.after.load
    weeks = load.whole_weeks(found.first_ms, found.last_ms)
    assert weeks == [date(2026, 3, 2), date(2026, 3, 9)]
    assert {week for _, week in load.counts} == {date(2026, 3, 2)}
    assert set(load.rep_weeks(["mia", "tom"], weeks)) == {0, 1}


def test_precision_and_recall_count_what_sales_reported_whatever_the_policy(
    story: Story, tested: Tested, agreed: str
) -> None:
    found, _ = tested(story, agreed, agreed.replace("bar: 135", "bar: 140"))
    assert (found.converted, found.won) == (1, 1)
    share = found.precision(found.before)
    assert (share.hits, share.cases) == (1, 2)
    assert (found.recall(found.before, of_won=True).hits, found.recall(found.before).cases) == (1, 1)


def test_the_first_touch_is_the_next_action_of_sales_after_the_hand_off(
    story: Story, tested: Tested, agreed: str
) -> None:
    found, _ = tested(story, agreed, agreed)
    assert len(found.before.touch_seconds) == 1
    assert 0 < found.before.touch_seconds[0] <= 2 * 3_600
    assert found.before.never_touched == 1


def test_equal_policies_change_no_lead(story: Story, tested: Tested, agreed: str) -> None:
    found, changed = tested(story, agreed, agreed)
    assert changed == []
    assert (found.changed, found.leads) == (0, 3)
