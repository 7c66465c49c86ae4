"""The probability of few events: the lower tail of the negative binomial distribution.

The negative binomial is a Poisson distribution whose mean varies by a gamma distribution with mean 1 and variance
1/size (McCullagh and Nelder, Generalized Linear Models, 2nd edition, section 6.2.3). An infinite size is the Poisson
distribution itself. Events that come in clusters are counted in clusters: counts and mean are divided by the dispersion
(quasi-likelihood, the same book, section 9.2).
"""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p

_NEGLIGIBLE = 1e-12
"""A term that is smaller than this share of the sum ends the sum."""


def lower_tail(count: float, mean: float, size: float = inf) -> float:
    """Return P(X <= count) for a negative binomial X with this mean and size. 1 if nothing is expected.

    A count between two whole numbers is rounded down. The terms are summed from the largest, which is the last one as
    long as the count is below the mode. Above the mean the sum is not needed, and 1 is returned.
    """
    if count >= mean:
        return 1.0
    last = int(count)
    term = exp(_log_probability(last, mean, size))
    total = 0.0
    for k in range(last, -1, -1):
        total += term
        if term < _NEGLIGIBLE * total:
            break
        term *= k / mean if size == inf else k * (size + mean) / ((size + k - 1) * mean) if k else 0.0
    return min(total, 1.0)


def _log_probability(k: int, mean: float, size: float) -> float:
    if size == inf:
        return k * log(mean) - mean - lgamma(k + 1)
    return (
        lgamma(k + size)
        - lgamma(size)
        - lgamma(k + 1)
        - size * log1p(mean / size)
        + k * (log(mean) - log(size + mean))
    )
