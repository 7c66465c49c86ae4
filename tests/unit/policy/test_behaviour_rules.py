"""Behaviour rules: patterns, caps, and rules that replace others."""

from __future__ import annotations

import pytest

from workers.policy.behaviour_rules import Behaviour, When


def test_a_condition_compiles_the_keys_it_has() -> None:
    when = When.model_validate({"activity": "page_view", "url": ["*/a*", "*/b*"]})
    assert when.activity == ("page_view",)
    assert [bool(when.patterns["url"].match(url)) for url in ("x/a", "x/b", "x/c")] == [True, True, False]
    assert set(when.patterns) == {"url"}


def _behaviour(cap: int, groups: dict[str, int], rules: dict[str, dict[str, object]]) -> Behaviour:
    return Behaviour.model_validate(
        {
            "cap": cap,
            "fade": {"to_zero_after_days": 30},
            "groups": {name: {"cap": most} for name, most in groups.items()},
            "rules": {name: {"when": {"activity": name}} | rule for name, rule in rules.items()},
        }
    )


@pytest.mark.parametrize(
    ("behaviour", "attainable"),
    [
        (_behaviour(40, {}, {"a": {"points": 1}}), 40),
        (_behaviour(40, {}, {"a": {"points": 1, "cap": 5}, "b": {"points": 2, "cap": 6}}), 11),
        (_behaviour(40, {"g": 7}, {"a": {"points": 1, "group": "g"}, "b": {"points": 2, "group": "g"}}), 7),
        (_behaviour(40, {"g": 7}, {"a": {"points": 1, "cap": 3, "group": "g"}}), 3),
        (_behaviour(40, {"g": 7}, {"a": {"points": 1, "group": "g"}, "b": {"points": 2, "cap": 6}}), 13),
        (_behaviour(40, {}, {"a": {"points": -5}}), 0),
        (_behaviour(5, {}, {"a": {"points": 2, "cap": 30}}), 5),
    ],
)
def test_behaviour_gives_no_more_than_its_narrowest_caps(behaviour: Behaviour, attainable: int) -> None:
    assert behaviour.attainable == attainable


def test_a_special_rule_takes_the_place_of_all_the_general_ones_behind_it() -> None:
    behaviour = _behaviour(
        9,
        {},
        {"a": {"points": 1}, "b": {"points": 2, "instead_of": "a"}, "c": {"points": 3, "instead_of": "b"}},
    )
    assert behaviour.replaces == {"a": frozenset(), "b": {"a"}, "c": {"a", "b"}}
