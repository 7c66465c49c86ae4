"""The lower tail against sums of exact probabilities."""

from __future__ import annotations

from math import comb, exp, factorial, inf

import pytest

from workers.silent_sources.lower_tail import lower_tail


@pytest.mark.parametrize(("count", "mean"), [(0, 5.0), (3, 10.0), (40, 60.0), (0, 0.1)])
def test_without_variation_it_is_the_poisson_distribution(count: int, mean: float) -> None:
    exact = sum(exp(-mean) * mean**k / factorial(k) for k in range(count + 1))
    assert lower_tail(count, mean, inf) == pytest.approx(exact if count < mean else 1.0)


@pytest.mark.parametrize(("count", "mean", "size"), [(0, 5.0, 3), (3, 10.0, 2), (40, 60.0, 25)])
def test_with_variation_it_is_the_negative_binomial_distribution(count: int, mean: float, size: int) -> None:
    p = size / (size + mean)
    exact = sum(comb(k + size - 1, k) * p**size * (1 - p) ** k for k in range(count + 1))
    assert lower_tail(count, mean, size) == pytest.approx(exact)


def test_a_count_of_the_mean_or_more_proves_nothing() -> None:
    assert lower_tail(5, 5.0) == 1.0
    assert lower_tail(0, 0.0) == 1.0


def test_large_numbers_neither_overflow_nor_underflow_to_nothing() -> None:
    assert 0 < lower_tail(90_000, 100_000.0, 25.0) < 0.4
    assert lower_tail(0, 1e6, 25.0) == pytest.approx((25 / (25 + 1e6)) ** 25)
    assert lower_tail(0, 1e6) == 0.0
