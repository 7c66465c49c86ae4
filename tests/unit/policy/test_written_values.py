"""Numbers and durations in other notations: each refusal shows the form of the file, and that form passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.load import load_policy
from workers.policy.problem import Problem
from workers.policy.scalars import read_amount, read_duration_ms
from workers.policy.written_values import amount_meant, number_meant, span_meant, write_amount, write_span

AMOUNTS = [
    ("500,000,000", "500M"),
    ("500.000.000", "500M"),
    ("500 000 000", "500M"),
    ("500'000'000", "500M"),
    ("500\u2019000\u2019000", "500M"),
    ("$500M", "500M"),
    ("500M USD", "500M"),
    ("€ 1,500,000", "1.5M"),
    ("500 M", "500M"),
    ("500m", "500M"),
    ("1,5B", "1.5B"),
    ("1.5 billion", "1.5B"),
    ("2bn", "2B"),
    ("500 million", "500M"),
    ("$750,000", "750K"),
    ("1,234,567.00", "1234567"),
]


@pytest.mark.parametrize(("text", "meant"), AMOUNTS)
def test_an_amount_in_another_notation_is_refused_with_the_form_that_passes(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], text: str, meant: str
) -> None:
    assert amount_meant(text) == meant
    (problem,) = problems(changed(("from: 500M, to: 5B", f'from: "{text}"')))
    assert (problem.key, meant in problem.expected) == ("served_market.revenue.from", True)
    load_policy(changed(("from: 500M, to: 5B", f"from: {meant}")))


@pytest.mark.parametrize(
    ("braces", "meant"),
    [
        ("from: 500,000,000", "500M"),
        ("from: 1,500,000", "1.5M"),
        ("from: 1,5B", "1.5B"),
        ("from: $5,000", "5K"),
    ],
)
def test_commas_within_braces_belong_to_the_amount(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], braces: str, meant: str
) -> None:
    (problem,) = problems(changed(("from: 500M, to: 5B", braces)))
    assert (problem.key, problem.found) == ("served_market.revenue.from", f'"{braces.partition(": ")[2]}"')
    assert meant in problem.expected


@pytest.mark.parametrize(
    ("text", "meant"), [("75%", "75"), ("75 %", "75"), ("1,000", "1000"), ("1'000", "1000")]
)
def test_a_number_with_a_sign_or_separators_is_refused_with_plain_digits(text: str, meant: str) -> None:
    assert number_meant(text) == meant


@pytest.mark.parametrize("text", ["", "many", "5 to 10", "12,34,", "-5M", "½"])
def test_a_text_that_is_not_clear_has_no_suggestion(text: str) -> None:
    assert amount_meant(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("3 hours", "3h"), ("90 minutes", "1h30m"), ("1 hour and 30 min", "1h30m"), ("2 days", "2d"), ("1.5h", "1h30m"), ("3 d", "3d"), ("a while", None), ("90", None)],
)  # fmt: skip
def test_a_duration_in_words(text: str, meant: str | None) -> None:
    assert span_meant(text) == meant


@pytest.mark.parametrize("text", ["3 days", "1 day", "1d12h", "3", "1 week", "0d"])
def test_an_opening_time_of_another_form_is_refused_with_both_forms(
    changed: Callable[..., str], problems: Callable[[str], list[Problem]], text: str
) -> None:
    problem, *_ = problems(changed(("mql: 3h", f"mql: {text}")))
    days = text[0] if text.endswith("days") else 1
    assert f"as 3h, or 1 to 99 business days, as {days}d" in problem.expected


@pytest.mark.parametrize("value", [1, 750_000, 500_000_000, 1_500_000_000, 1_234_567, 10_000])
def test_a_written_amount_is_read_as_the_same_amount(value: int) -> None:
    assert read_amount(write_amount(value)) == value


@pytest.mark.parametrize("minutes", [1, 30, 90, 1440, 2880, 10_080])
def test_a_written_duration_is_read_as_the_same_duration(minutes: int) -> None:
    assert read_duration_ms(write_span(minutes * 60_000)) == minutes * 60_000
