"""The table of rights in docs/security.md is that of the roles, and a worker's rights are those of its hops."""

from __future__ import annotations

from itertools import groupby

import pytest

from schemas.topics import TOPICS, Direction
from tests.unit.house.pages import ROOT, tables, text_of
from workers.agents import make_specs
from workers.broker.rights import PURPOSE, Right, Role, acl_commands, rights_of
from workers.broker.topic_plan import plan_topics
from workers.settings import Settings
from workers.shadow import shadow_spec

PAGE = text_of(ROOT / "docs" / "security.md")


def rows() -> list[list[str]]:
    """Return the rows that the table must have: of each role the operations, and all resources with the same ones."""
    made = []
    for role in Role:
        operations: dict[tuple[str, str], list[str]] = {}
        for right in rights_of(role, Settings()):
            name = f"`{right.name}{'*' if right.is_prefix else ''}`"
            operations.setdefault((right.resource, name), []).append(right.operation)
        by_rights = sorted(operations.items(), key=lambda one: (one[0][0], one[1], one[0][1]))
        for (resource, found), group in groupby(by_rights, key=lambda one: (one[0][0], one[1])):
            names = ", ".join(name for (_, name), _ in group)
            made.append([str(role), ", ".join(found), f"{resource.replace('_', ' ')} {names}"])
    return made


def test_the_table_of_rights_is_that_of_the_roles() -> None:
    assert tables(PAGE, "Rights at the broker") == rows()


@pytest.mark.parametrize("is_shadow", [False, True], ids=["live", "shadow"])
def test_a_worker_may_read_what_its_hops_read_and_no_other_topic(is_shadow: bool) -> None:
    specs = make_specs(b"", 1).values()
    read = {topic for spec in specs for topic in (shadow_spec(spec) if is_shadow else spec).sources}
    own = {topic.name for topic in plan_topics(Settings()) if topic.name not in TOPICS}
    may_read = topics_with("Read", rights_of(Role.WORKER, Settings(shadow=is_shadow)))
    assert may_read == read | own


def test_a_worker_may_write_no_input() -> None:
    inputs = {topic.name for topic in TOPICS.values() if topic.direction is Direction.IN}
    assert not topics_with("Write", rights_of(Role.WORKER, Settings())) & inputs


def test_a_shadow_may_write_no_topic_of_the_router_in_charge() -> None:
    live = topics_with("Write", rights_of(Role.WORKER, Settings()))
    shadow = topics_with("Write", rights_of(Role.WORKER, Settings(shadow=True, app_id="lead-router-shadow")))
    assert not live & shadow


def topics_with(operation: str, rights: list[Right]) -> set[str]:
    return {right.name for right in rights if (right.resource, right.operation) == ("topic", operation)}


def test_the_commands_give_every_right_once() -> None:
    rights = rights_of(Role.WORKER, Settings())
    lines = acl_commands(rights, "User:w", "kafka:9092")
    assert sum(line.count("--operation ") for line in lines) == len(rights)
    assert (
        "kafka-acls.sh --bootstrap-server kafka:9092 --add --allow-principal 'User:w' --operation Write "
        "--transactional-id 'lead-router-' --resource-pattern-type prefixed" in lines
    )


def test_each_role_has_its_purpose() -> None:
    assert set(PURPOSE) == set(Role)
    assert all(purpose in PAGE for purpose in PURPOSE.values())
