"""A maker with dealers: the published policy of a partner programme, its team, and people who ask for a price."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.scenarios.story import Story

PUBLISHED: Final = Path(__file__).parents[1] / "fixtures" / "published" / "channel.as_published.yaml"
GOLD, SILVER, SOUTH = (f"partner:dealer_{name}" for name in ("north_gold", "north_silver", "south"))
NORTH: Final = {"acme": "NY", "bolt": "MA", "cast": "CT", "dyes": "NY"}


def with_dealers(story: Story) -> Story:
    """Add two reps of inside sales, their manager, four accounts of the north and two of the south."""
    use(story)
    story.rep("mo", at_desk=False)
    story.rep("ida")
    story.rep("jon")
    for name, region in (NORTH | {"east": "FL", "fuse": "GA"}).items():
        story.bank(name, region=region)
    return story


def use(story: Story, *changes: tuple[str, str]) -> None:
    """Use the published policy with pieces replaced."""
    text = PUBLISHED.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    story.policy(text)


def ask(team: Story, account: str, when: str = "tue 10:00", person: str = "ann", **facts: Any) -> str:
    """A plant manager of an account asks for a price. Return the person's address."""
    email = f"{person}@{account}.example"
    names = {"first_name": "Ann", "last_name": "Ahl", "company": account.title(), "phone": "+12125550100"}
    team.form(email, when, "pricing", title="Plant Manager", job_function=None, **(names | facts))
    return email


def holders(team: Story, until: str) -> dict[str, str]:
    """Return who has each account at that time. No account ever has two."""
    results = team.replay(until=until)
    assert all(len(one) <= 1 for held in results.holders.values() for one in held)
    last = {key.split(":")[1].split(".")[0]: held[-1] for key, held in results.holders.items()}
    return {name: next(iter(held)) for name, held in last.items() if held}
