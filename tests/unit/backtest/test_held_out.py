"""How well figures separate won from lost leads."""

from __future__ import annotations

import pytest

from tests.unit.backtest.leads_of_sales import decided_lead
from workers.backtest.held_out import quality_of, splits
from workers.backtest.intervals import Area
from workers.backtest.sales_outcomes import DecidedLead


def leads(outcomes: str) -> list[DecidedLead]:
    """Return a lead for each letter: W won, L lost."""
    return [
        decided_lead(number, is_won=one == "W", account=f"domain:{number // 2}.example", points={})
        for number, one in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("outcomes", "figures", "area"),
    [
        ("WWLL", [4, 3, 2, 1], 1.0),
        ("WWLL", [1, 2, 3, 4], 0.0),
        ("WWLL", [1, 1, 1, 1], 0.5),
        ("WLWL", [4, 3, 2, 1], 0.75),  # three of the four pairs of a won and a lost lead
        ("WLL", [2, 2, 1], 0.75),  # one pair, and half of an equal one
    ],
)
def test_the_area_is_the_share_of_pairs_in_which_the_won_lead_is_above(
    outcomes: str, figures: list[float], area: float
) -> None:
    assert quality_of(figures, leads(outcomes), 1).area.value == area


def test_precision_and_recall_look_at_the_marked_leads() -> None:
    found = quality_of([5, 4, 3, 2, 1], leads("WLWLW"), 3)
    assert (found.precision.hits, found.precision.cases) == (2, 3)
    assert (found.recall.hits, found.recall.cases) == (2, 3)


def test_of_leads_with_equal_figures_at_the_limit_their_share_counts() -> None:
    found = quality_of([9, 1, 1, 1, 1], leads("WWWLL"), 3)
    assert found.precision.hits == 2  # one above the limit, and two of four equal ones, of which half are won


def test_an_account_is_never_judged_by_its_own_leads() -> None:
    given = leads("WL" * 50)
    judged: list[int] = []
    for rest, part in splits(given):
        judged += part
        assert not {given[at].account_key for at in rest} & {given[at].account_key for at in part}
    assert sorted(judged) == list(range(100))


def test_the_interval_of_an_area_is_that_of_the_publication() -> None:
    # Hanley and McNeil (1982), table II: area 0.8932, 51 abnormal and 58 normal images, standard error 0.0320
    low, high = Area(0.8932, 51, 58).interval
    assert (high - low) / 2 / 1.959964 == pytest.approx(0.0320, abs=0.0006)
