"""A seeded crowd for a story: banks of every kind, and people who visit anonymously before they fill in a form.

All visits are on one Tuesday, after the CRM was filled on Monday. So no score depends on the day of its last emit, and
no fact changes between two events.
"""

from __future__ import annotations

import random

from tests.scenarios.story import Story

TITLES = ("CIO", "IT Manager", "Systems Architect", "Student", "Branch Teller", None)
REQUESTS = ("content", "content", "demo", "newsletter", "pricing")
BANK_FACTS = (
    {},
    {"relationship": "customer", "owner_rep_id": "olga"},
    {"open_opportunities": "pavel"},
    {"owner_rep_id": "olga"},
    {"revenue": None},
    {"sic": ["7372"]},
    {"relationship": "competitor"},
    {},
)


def team(story: Story) -> None:
    """Add the inside sales reps (mia, tom), the account owners (olga, pavel), and the manager (dana)."""
    story.rep("dana", at_desk=False)
    story.rep("mia", weight=2)
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.rep("pavel", at_desk=False)


def crowd(story: Story, seed: int, banks: int, people_each: int) -> None:
    """Add banks and their people. Only the events of one person are in the order of time."""
    chance = random.Random(seed)
    for number in range(banks):
        name = f"bank{number:03d}"
        facts = dict(BANK_FACTS[number % len(BANK_FACTS)])
        if owner := facts.get("open_opportunities"):
            opened = {
                "opportunity_id": f"o{number}",
                "owner_rep_id": owner,
                "opened_at": "2026-02-01T00:00:00Z",
            }
            facts["open_opportunities"] = [opened]
        if number % 5 == 0:
            facts["domains"] = [f"{name}.example", f"{name}-online.example"]
        story.bank(name, **facts)
        for person in range(people_each):
            domain = f"{name}-online" if number % 5 == 0 and person % 2 else name
            _person(story, chance, f"p{number}x{person}", f"{domain}.example")
    for person in range(banks // 2):
        _person(story, chance, f"free{person}", "gmail.com")


def _person(story: Story, chance: random.Random, name: str, domain: str) -> None:
    email, browser = f"{name}@{domain}", f"anon-{name}"
    hour = chance.randint(8, 14)
    pages = chance.randint(1, 5)
    story.activity(
        "page_view",
        f"tue {hour:02d}:{chance.randint(0, 9):02d}",
        times=pages,
        anonymous_id=browser,
        url=chance.choice(("https://x.example/pricing", "https://x.example/blog")),
    )
    story.form(
        email.upper() if chance.random() < 0.2 else email,
        f"tue {hour:02d}:{chance.randint(10, 19)}",
        chance.choice(REQUESTS),
        title=chance.choice(TITLES),
        anonymous_id=browser,
        campaign={"name": "Frühjahrsaktion", "source": "newsletter"},
    )
    if chance.random() < 0.6:
        story.much_interest(email, f"tue {hour + 1:02d}:{chance.randint(10, 59)}")
    if chance.random() < 0.2:
        story.line(story._lines[-1])
