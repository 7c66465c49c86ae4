"""A shadow router decides as the production router does, and writes only topics that no other program reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.topics import SHADOW, TOPICS, Direction, shadow_of, shadowed_by
from tests.scenarios.story import Story
from workers.agents import make_specs
from workers.broker.topic_plan import plan_topics
from workers.config import load_config, load_settings
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS, RESULTS, directory_ready
from workers.settings import Settings
from workers.shadow import settings_of_shadow, shadow_dead_letters, shadow_spec, topic_names

KEY = b"a key for tests only"
WRITTEN = {name for name, topic in TOPICS.items() if topic.direction is not Direction.IN}


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    story.activity("page_view", "mon 09:00", anonymous_id="b1")
    story.form("ann@harbor.example", "tue 10:00", "demo", anonymous_id="b1")
    story.sales("rejected", "ann@harbor.example", "tue 11:00", reason="not_now")
    story.form("bob@harbor.example", "tue 12:00", "pricing")
    story.erasure("bob@harbor.example", "wed 12:00")
    story.line(json.dumps({"topic": "form.fills", "key": "k", "timestamp": 1_772_550_000_000, "value": "["}))
    return story


def replayed(story: Story, *, is_shadow: bool) -> tuple[EdgeReplay, list[Emit]]:
    story.replay()  # writes the file
    emits: list[Emit] = []
    _, config = load_config(story.policy_file())
    specs, letters, results = make_specs(KEY, 1), dead_letter, RESULTS
    history = History([story._file], INPUT_RANKS)
    assert history.first_ms is not None
    ready = directory_ready(history.first_ms)
    if is_shadow:
        specs = {name: shadow_spec(spec) for name, spec in specs.items()}
        letters = shadow_dead_letters(dead_letter)
        results = frozenset(map(shadow_of, RESULTS))
        ready = replace(ready, topic=shadow_of(ready.topic))
    replay = EdgeReplay(specs, config, letters, emits.append, results=results)
    replay.open_with(ready)
    for record in history.in_order():
        replay.feed(record)
    return replay, emits


def test_a_shadow_emits_the_same_bytes_to_topics_of_its_own(story: Story) -> None:
    _, live = replayed(story, is_shadow=False)
    _, shadow = replayed(story, is_shadow=True)

    assert {emit.topic for emit in live} >= {"lead.routing", "lead.scores", "dead.letters", "desk.ledger"}
    assert [replace(emit, topic=shadowed_by(emit.topic)) for emit in shadow] == live
    assert all(emit.topic.endswith(SHADOW) for emit in shadow)


def test_a_shadow_writes_no_topic_of_the_production_router(story: Story) -> None:
    replay, _ = replayed(story, is_shadow=True)

    assert replay.outputs.keys() & WRITTEN == set()


def test_a_shadow_reads_the_inputs_and_no_topic_of_the_production_router() -> None:
    for spec in map(shadow_spec, make_specs(KEY, 2).values()):
        assert not WRITTEN & {*spec.sources, spec.own_log, *spec.downstream_logs, *spec.announces_after}
        assert spec.own_log in spec.sources


def test_every_topic_that_we_write_has_a_shadow_name_and_an_input_keeps_its_name() -> None:
    names = topic_names()
    assert {name for name, other in names.items() if other != name} == WRITTEN
    assert names["lead.routing"] == "lead.routing.shadow"


def test_a_shadow_is_an_app_with_topics_and_a_directory_of_its_own() -> None:
    settings = Settings(app_id="house", shadow=True)
    own = settings_of_shadow(settings)
    ours = {topic.name for topic in plan_topics(own)} - INPUT_RANKS.keys()

    assert own.app_id == "house-shadow"
    assert own.data_dir != settings.data_dir
    assert ours & {topic.name for topic in plan_topics(Settings(app_id="house"))} == set()
    assert {topic.name for topic in plan_topics(own)} >= INPUT_RANKS.keys()


def test_the_option_and_the_setting_do_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    by_option = load_settings(shadow=True)
    monkeypatch.setenv("LEAD_ROUTER_SHADOW", "true")

    assert load_settings() == by_option
    assert load_settings(shadow=None).app_id == "lead-router-shadow"
