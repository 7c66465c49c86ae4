from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, NOON, Partition, iso
from workers.directory.agent import spec
from workers.directory.rows import RepVersionRow


def rep(event_id: str, *desks: str, **fields: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "occurred_at": iso(NOON),
        "rep_id": "r1",
        "name": "Ada",
        "desks": [{"desk": desk} for desk in desks],
        **fields,
    }


def partition() -> Partition:
    return Partition(spec(KEY))


def send(directory: Partition, value: dict[str, Any] | None) -> list[dict[str, Any]]:
    return directory.send("crm.reps", value, key="r1")


def desks_of(facts: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """Return each desk that gets a message, and whether the message has the rep's record."""
    assert all((fact["topic"], fact["key"]) == ("desk.requests", fact["desk"]) for fact in facts)
    return [(fact["desk"], "rep" in fact) for fact in facts]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], []),
        ([], ["east"], [("desk:east", True), ("rep:r1", True)]),
        (["east", "west"], ["west"], [("desk:east", False), ("desk:west", True), ("rep:r1", True)]),
        (["east"], ["west"], [("desk:east", False), ("desk:west", True), ("rep:r1", True)]),
        (["east"], [], [("desk:east", False), ("rep:r1", True)]),
        (["east"], ["east"], []),
        (["east"], ["east", "east"], [("desk:east", True), ("rep:r1", True)]),
    ],
)
def test_each_desk_of_a_rep_and_the_reps_own_desk_get_a_change(
    before: list[str], after: list[str], expected: list[tuple[str, bool]]
) -> None:
    directory = partition()
    send(directory, rep("v1", *before))
    assert desks_of(send(directory, rep("v2", *after))) == expected


def test_an_inactive_rep_is_sent_unchanged() -> None:
    directory = partition()
    send(directory, rep("v1", "east"))
    facts = send(directory, rep("v2", "east", active=False))
    assert [fact["rep"]["active"] for fact in facts] == [False, False]


def test_a_deleted_rep_is_taken_from_every_desk_once() -> None:
    directory = partition()
    send(directory, rep("v1", "east", "west"))
    facts = send(directory, None)
    assert desks_of(facts) == [("desk:east", False), ("desk:west", False), ("rep:r1", False)]
    assert send(directory, None) == []
    ((_, row),) = directory.rows(RepVersionRow)
    assert (row.content, row.desks, row.dated_ms) == ("", (), NOON)


def test_each_desk_gets_a_version_under_its_own_event_id() -> None:
    directory = partition()
    ids = [fact["event_id"] for v in ("v1", "v2") for fact in send(directory, rep(v, "east", "west", name=v))]
    assert len(set(ids)) == 6
