"""The drawn policies of the fuzz pass the checks, differ, and follow from the seed."""

from __future__ import annotations

from tests.prove.fuzz_policies import policy
from workers.demo.market.seeded_random import SeededRandom
from workers.policy.load import load_policy


def test_drawn_policies_pass_the_checks_and_differ_by_the_seed_alone() -> None:
    drawn = [policy(SeededRandom(f"seed {number}")) for number in range(4)]
    assert [load_policy(config.text).hash for config in drawn] == [config.hash for config in drawn]
    assert len({config.hash for config in drawn}) > 1
    assert policy(SeededRandom("seed 1")) == drawn[1]
