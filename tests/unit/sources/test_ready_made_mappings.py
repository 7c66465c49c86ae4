"""The ready-made mappings over sample payloads made after the vendors' documentation, awkward ones included."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.sources.outcomes import ARRIVAL_MS, EXPECTED, outcome_of, results_of, samples_of
from workers.sources.mapping_files import load_mapping_file, ready_made
from workers.sources.record_mapping import RecordOutcome, map_value
from workers.sources.record_shapes import NoRecordError
from workers.sources.source_files import read_file

READY = sorted(ready_made())
ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    [None],
    {"a": {}},
    "\ud83d",
    "<p>x</p>",
    "x" * 5_000,
    1e400,
)


@pytest.mark.parametrize("name", READY)
def test_samples_become_the_expected_events(name: str) -> None:
    assert outcome_of(name).splitlines() == (EXPECTED / f"{name}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", READY)
def test_a_source_has_at_least_ten_samples(name: str) -> None:
    assert len(list(results_of(name))) >= 10, samples_of(name)


def test_each_ready_made_mapping_has_its_own_source_and_topic() -> None:
    mappings = [load_mapping_file(path) for path in ready_made().values()]
    assert [mapping.source for mapping in mappings] == READY
    assert len({mapping.topic for mapping in mappings}) == len(READY)


@pytest.mark.parametrize("name", READY)
def test_a_repeat_is_the_same_event_whatever_came_between(name: str) -> None:
    def ids(order: list[bytes]) -> dict[str, tuple[str, str | None]]:
        return {
            event.value["event_id"]: (event.topic, event.key)
            for value in order
            for outcome in outcomes(value)
            for event in outcome.events
            if event.value is not None
        }

    mapping, lines = read_file(samples_of(name), load_mapping_file(ready_made()[name]))

    def outcomes(value: bytes) -> list[RecordOutcome]:
        try:
            return map_value(mapping, value, ARRIVAL_MS)
        except NoRecordError:
            return []

    values = [line.value for line in lines]
    once = ids(values)
    assert once == ids([*reversed(values), *values])
    count = sum(len(outcome.events) for value in values for outcome in outcomes(value))
    deleted = sum(e.value is None for v in values for o in outcomes(v) for e in o.events)
    assert len(once) == count - deleted  # no two events of the samples share an id


@pytest.mark.parametrize("name", READY)
def test_no_value_of_any_type_makes_a_mapping_fail(name: str) -> None:
    mapping, lines = read_file(samples_of(name), load_mapping_file(ready_made()[name]))
    chance = random.Random(7)
    for line in lines:
        values = (
            list(damaged(line.value, chance))
            if mapping.format == "json"
            else [line.value[:20], b"\t", b"\xff"]
        )
        for value in values:
            try:
                for outcome in map_value(mapping, value, ARRIVAL_MS):
                    for event in outcome.events:
                        event.encode()
            except NoRecordError as error:
                assert "@" not in error.detail  # noqa: PT017 - most values raise nothing


def damaged(value: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield the record with one odd value in the place of each of its values, and cut off."""
    yield value[: len(value) // 2]
    try:
        places = list(places_in(json.loads(value)))
    except ValueError:
        return
    for number in range(len(places)):
        record = json.loads(value)
        holder, key = list(places_in(record))[number]
        holder[key] = chance.choice(ODD)
        yield json.dumps(record).encode()


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from places_in(inner)
