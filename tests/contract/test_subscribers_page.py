from __future__ import annotations

import re

import pytest

from schemas.contents import ROOT
from schemas.topics import TOPICS, Direction
from schemas.vocabulary import MAY_GROW, Action

PAGE = (ROOT / "docs" / "subscribers.md").read_text(encoding="utf-8")
RESULTS = {topic.name: topic for topic in TOPICS.values() if topic.direction is Direction.OUT}


@pytest.mark.parametrize("name", RESULTS)
def test_the_table_of_topics_has_key_and_type_of_each_result(name: str) -> None:
    (line,) = re.findall(
        rf"^\| \[`{re.escape(name)}`\]\(reference/events\.md#\w+\) \| (.+) \|$", PAGE, re.MULTILINE
    )
    *_, key, event_type = line.split(" | ")
    assert key == RESULTS[name].key_description
    assert event_type == f"`{RESULTS[name].model.type_name}`"


def test_the_retention_on_the_page_is_that_of_the_topics() -> None:
    kept = {name for name, topic in RESULTS.items() if topic.compacted and not topic.expires}
    assert kept == {"lead.scores"}
    assert "`lead.scores` is compacted" in PAGE
    days = {name: (topic.kept_ms or 0) // 86_400_000 for name, topic in RESULTS.items()}
    assert days == dict.fromkeys(RESULTS, 60) | {"dead.letters.actions": 120}
    assert "60 days by default, and `dead.letters.actions` twice that" in " ".join(PAGE.split())


def test_results_of_leads_are_partitioned_by_the_account() -> None:
    others = {name for name, topic in RESULTS.items() if topic.partitioned_by != "account_key"}
    assert others == {"desk.ledger", "dead.letters", "dead.letters.actions"}


def test_every_action_of_a_hand_off_is_explained() -> None:
    shown = re.findall(r"^\| `action` is `(\w+)` \| .+ \|$", PAGE, re.MULTILINE)
    assert set(shown) == {action.value for action in Action}


def test_the_vocabularies_that_may_grow_are_named() -> None:
    (named,) = re.findall(r"marked `x-may-grow` \(([^)]+)\)", PAGE)
    assert set(named.split(", ")) == {vocabulary.__name__ for vocabulary in MAY_GROW}


def test_every_program_of_the_page_is_python_and_reads_committed_records() -> None:
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(programs) == 2
    for program in programs:
        compile(program, "docs/subscribers.md", "exec")
        assert "read_committed" in program


def test_the_page_is_a_guide_and_not_a_reference() -> None:
    assert len(PAGE.splitlines()) <= 150
