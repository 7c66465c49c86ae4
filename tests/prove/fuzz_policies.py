"""The policies of the fuzz: the shipped ones, and drawn ones that differ in gates, points, routes, desks and consent.

In: a seeded generator. Out: a policy that passes every check of `lead-router policy check`. Gates and points are those of the default
policy, or those of a small policy of the property tests.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from tests.property.small_policies import DEFAULT, SmallPolicy, SmallRule
from workers.demo.market.seeded_random import SeededRandom
from workers.engine.api import Config
from workers.policy.load import PolicyError, load_policy, to_config

_SHIPPED: Final = tuple(
    path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "policy").glob("*.yaml"))
)
_SHIPPED_PERCENT: Final = 20
_MOST_TRIES: Final = 50
_IN_THIS_ORDER: Final = ("never", "support_question", "customer", "open_opportunity", "account_has_owner")
"""Routes whose order is fixed. `never` is always the first."""


def policy(chance: SeededRandom) -> Config:
    """Return a policy. Raises ValueError if none of many drawn ones passes the checks."""
    for _ in range(_MOST_TRIES):
        text = chance.choice(_SHIPPED) if chance.happens(_SHIPPED_PERCENT) else _drawn(chance)
        try:
            return to_config(load_policy(text), text)
        except PolicyError:
            continue
    raise ValueError(f"none of {_MOST_TRIES} drawn policies passes the checks")


def _drawn(chance: SeededRandom) -> str:
    """Return a policy. A few of them do not pass the checks."""
    tree: dict[str, Any] = yaml.load(
        _small(chance).text() if chance.happens(50) else DEFAULT,
        Loader=yaml.BaseLoader,  # noqa: S506 - texts only
    )
    if (
        "signals" not in tree["behaviour"]
    ):  # a small policy: its points are far below the grades of the shipped one
        tree["grade"] = {"fit": {"A": 3, "B": 2, "C": 1}, "behaviour": {"1": 2, "2": 1, "3": 0}}
    _draw_routes(chance, tree)
    desk = tree["desks"]["inside_sales"]
    desk["turn"] = {
        "by": chance.choice(("share", "fewest_open")),
        "when_away": chance.choice(("skip", "hold")),
        "when_rejected": chance.choice(("give_back", "keep")),
    } | chance.choice(({}, {"most_open": "3"}, {"off_after_missed": "2"}))
    desk["mqls_per_rep"] = {"most": chance.choice("128"), "per": chance.choice(("day", "week", "month"))}
    desk["everyone_away"] = {
        "mql": chance.choice(("hold", "olga")),
        "raised_hand": chance.choice(("dana", "olga")),
    }
    answer = {
        name: span for name, span in desk["answer_within"].items() if name not in {"then", "after", "times"}
    }
    escalations: tuple[dict[str, str], ...] = (
        {},
        {"then": "next", "after": "2x", "times": chance.choice("123")},
        {"then": "manager", "after": "1.5x"},
        {"then": "pool", "after": "2x"},
    )
    desk["answer_within"] = answer | chance.choice(escalations)
    tree["stages"]["expired"] = {"days_without_touch": chance.choice(("7", "30", "120"))}
    tree["stages"]["again"] = {"new_points": chance.choice(("1", "12"))}
    tree["owners"] = {
        "not_people": ["queue_*"],
        "subsidiaries": chance.choice(("own_owner_only", "parents_owner")),
    }
    tree["privacy"]["without_tracking_consent"] = chance.choice(("count_nothing", "count_everything"))
    tree["privacy"]["unstated_consent"] = {
        name: chance.choice(("given", "refused")) for name in ("tracking", "marketing")
    }
    text: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    return text


def _draw_routes(chance: SeededRandom, tree: dict[str, Any]) -> None:
    """Leave out some routes, with the desks and partners that only they lead to, and shuffle those without a fixed order."""
    routes = {str(route.get("if", "otherwise")): route for route in tree["routes"]}
    last = tree["routes"][-1]
    kept = [
        name
        for name in routes
        if name == "never" or (name != "otherwise" and routes[name] != last and chance.happens(75))
    ]
    free = [name for name in kept if name not in _IN_THIS_ORDER]
    chance.shuffle(free)
    order = [name for name in _IN_THIS_ORDER if name in kept] + free
    tree["routes"] = [*(routes[name] for name in order), last]
    targets = {str(route.get("to", route.get("otherwise"))).removeprefix("desk ") for route in tree["routes"]}
    for desk in set(tree["desks"]) - targets:
        del tree["desks"][desk]
    if "partner" not in targets:
        del tree["partners"]
    else:
        gets, then = chance.choice(("mql", "sql")), chance.choice(("return", "report"))
        tree["partners"]["island_dealers"] |= {"gets": gets, "then": then}


def _small(chance: SeededRandom) -> SmallPolicy:
    """Return a small policy whose gates, cap and threshold keep the promises."""
    gates = chance.sample(("industry", "revenue", "employees", "country"), chance.randint(1, 4))
    company = {gate: chance.randint(3, 6) for gate in gates}
    titles = tuple(chance.randint(3, 6) for _ in range(chance.randint(1, 2)))
    function = chance.randint(3, 6)
    lowest = sum(company.values()) + function + min(titles)
    cap = chance.randint(1, lowest - 1)
    rules = tuple(
        SmallRule(chance.choice((-3, 1, 2, 3)), None, chance.happens(50), chance.choice((None, "24h")))
        for _ in range(3)
    )
    drawn = SmallPolicy(
        company,
        function,
        titles,
        cap,
        chance.randint(cap + 1, lowest + 1),
        12,
        rules,
        chance.choice((2, 7, 60)),
    )
    return replace(drawn, gates_decide=True) if chance.happens(30) else drawn
