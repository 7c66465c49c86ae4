"""The mutations that only a real Kafka notices, one after the other. Slow, so only asked for by name: make mutations."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from live import LIVE
from mutation import Mutation
from nursery import Nursery
from operating import check_goes_red
from whole import WHOLE


@pytest.mark.kafka
@pytest.mark.parametrize("mutation", LIVE + WHOLE, ids=lambda mutation: mutation.name)
def test_without_its_cure_a_trap_is_noticed_on_a_real_kafka(
    mutation: Mutation, kafka: str, patient_tree: Path, surgery: Nursery
) -> None:
    own = (
        {} if "KAFKA_BOOTSTRAP" in os.environ else {"TOY_SESSION_S": "2.5"}
    )  # as a broker started here allows
    check_goes_red(mutation, patient_tree, surgery, 240.0, own | {"KAFKA_BOOTSTRAP": kafka})
