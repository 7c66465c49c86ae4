"""Runs all mutations, one after the other. Slow, so it runs only by name: `make mutations`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from domain import DOMAIN
from live import LIVE
from logins import LOGINS
from mutation import Mutation
from notifications import NOTIFICATIONS
from nursery import Nursery
from publication import PUBLICATION
from pure import PURE
from red_check import check_goes_red
from state import STATE
from unread import UNREAD
from whole import WHOLE


@pytest.mark.parametrize(
    "mutation",
    PURE + STATE + PUBLICATION + NOTIFICATIONS + UNREAD + LOGINS + DOMAIN,
    ids=lambda mutation: mutation.name,
)
def test_a_removed_fix_is_noticed(mutation: Mutation, mutated_tree: Path, test_runner: Nursery) -> None:
    check_goes_red(mutation, mutated_tree, test_runner, within_s=60.0)


@pytest.mark.kafka
@pytest.mark.parametrize("mutation", LIVE + WHOLE, ids=lambda mutation: mutation.name)
def test_a_removed_fix_is_noticed_on_a_real_kafka(
    mutation: Mutation, kafka: str, mutated_tree: Path, test_runner: Nursery
) -> None:
    own = (
        {} if "KAFKA_BOOTSTRAP" in os.environ else {"TOY_SESSION_S": "2.5"}
    )  # a broker started here allows that session
    check_goes_red(mutation, mutated_tree, test_runner, 240.0, own | {"KAFKA_BOOTSTRAP": kafka})
