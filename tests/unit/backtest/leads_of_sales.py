"""Leads that sales won or lost, by a known rule, with seeded noise."""

from __future__ import annotations

import random

from workers.backtest.sales_outcomes import DecidedLead

FIT = {"fit:industry": 30, "fit:revenue": 20, "fit:country": 20, "fit:function": 20}


def decided_lead(number: int, *, is_won: bool, account: str, points: dict[str, int]) -> DecidedLead:
    """Return a lead with these points by rule, besides those of the gates of the default policy."""
    both = FIT | points
    fit = sum(value for rule, value in both.items() if rule.startswith("fit:"))
    return DecidedLead(f"lead{number:04}", account, is_won, fit, sum(both.values()), both)


def leads_that_price_wins(count: int = 300, seed: int = 1) -> list[DecidedLead]:
    """Return leads of which those that looked at prices are mostly won, and those that attended a webinar mostly lost."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        has_price, has_webinar = chance.random() < 0.5, chance.random() < 0.5
        is_won = chance.random() < 0.2 + 0.6 * has_price - 0.15 * has_webinar
        points = {"fit:title": chance.choice([20, 15, 10])}
        points |= {"pricing": 4 * chance.randint(1, 3)} if has_price else {}
        points |= {"webinar": 12} if has_webinar else {}
        points |= {"paper": 8} if chance.random() < 0.01 else {}
        made.append(
            decided_lead(number, is_won=is_won, account=f"domain:{number % 40}.example", points=points)
        )
    return made
