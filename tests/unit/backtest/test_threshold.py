"""The curve of thresholds, the proposal, and the policy text that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.story import Story
from tests.unit.backtest.conftest import Tested
from workers.backtest.report_sections import LoadRange
from workers.backtest.threshold_curve import Point, curve_of, proposed_order
from workers.backtest.threshold_text import with_threshold
from workers.backtest.work_folder import RunFolder
from workers.policy.changed_text import NoNumberError
from workers.policy.load import load_policy


def test_the_curve_has_the_mqls_that_a_run_with_that_threshold_has(
    story: Story, tested: Tested, agreed: str, tmp_path: Path
) -> None:
    found, _ = tested(story, agreed, agreed.replace("bar: 135", "bar: 130"))
    load = found.before.load
    weeks = load.whole_weeks(found.first_ms, found.last_ms)
    mean = found.mean_load(found.before)
    points = curve_of(RunFolder(tmp_path / "before"), load, weeks, range(125, 146), 135, mean)

    by_threshold = {point.threshold: point for point in points}
    assert by_threshold[135].mqls == found.before.mqls == 2
    assert by_threshold[130].mqls == found.after.mqls == 3
    assert by_threshold[135].per_rep_week == mean == 0.5  # two MQLs, two reps, two weeks
    assert by_threshold[130].per_rep_week == 0.75
    assert (by_threshold[130].converted, by_threshold[135].converted) == (1, 1)
    assert [point.mqls for point in points] == sorted((point.mqls for point in points), reverse=True)


def test_a_raised_hand_is_an_mql_at_every_threshold(
    story: Story, tested: Tested, agreed: str, tmp_path: Path
) -> None:
    story.bank("fir")
    story.form("dan@fir.example", "mon 15:00", "demo")
    found, _ = tested(story, agreed, agreed)
    load = found.before.load
    weeks = load.whole_weeks(found.first_ms, found.last_ms)
    points = curve_of(RunFolder(tmp_path / "before"), load, weeks, range(135, 170), 135, 1.0)
    assert (points[0].mqls, points[-1].mqls) == (3, 1)


@pytest.mark.parametrize(
    ("loads", "proposed"),
    [
        ({133: 12.0, 134: 9.0, 135: 6.0, 136: 4.0}, 135),  # the present one is good
        ({133: 12.0, 134: 11.0, 135: 10.5, 136: 9.0, 137: 8.0}, 136),  # the nearest good one
        ({133: 4.9, 134: 4.0, 135: 3.0}, 133),  # none is good: the nearest to the range
        ({133: 30.0, 134: 20.0, 135: 20.0}, 135),  # equally far: the present one
    ],
)
def test_the_nearest_threshold_within_the_range_is_proposed(loads: dict[int, float], proposed: int) -> None:
    points = [Point(threshold, per_rep_week=load) for threshold, load in loads.items()]
    assert proposed_order(points, 135, LoadRange(5, 10))[0].threshold == proposed


def test_only_the_threshold_and_the_version_of_the_text_change(agreed: str) -> None:
    changed = with_threshold(agreed, 128)
    differing = [
        (old.split("#")[0].strip(), new.split("#")[0].strip())
        for old, new in zip(agreed.splitlines(), changed.splitlines(), strict=True)
        if old != new
    ]
    assert differing == [("version: 1", "version: 2"), ("bar: 135", "bar: 128")]
    assert load_policy(changed).stages.mql.bar == 128


def test_the_other_word_for_the_threshold_and_a_one_line_mapping_are_found(agreed: str) -> None:
    text = agreed.replace("    bar: 135", "    threshold: 135")
    assert load_policy(with_threshold(text, 99 + 30)).stages.mql.bar == 129
    assert with_threshold("version: 9\nstages: {mql: {bar: 135, x: 1}}", 7) == (
        "version: 10\nstages: {mql: {bar: 7, x: 1}}"
    )


def test_a_policy_without_a_threshold_is_named() -> None:
    with pytest.raises(NoNumberError, match=r"stages\.mql\.bar"):
        with_threshold("version: 1\nstages: {}", 7)
