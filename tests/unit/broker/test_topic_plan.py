from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from schemas.topics import TOPICS
from workers.broker.topic_plan import (
    AGENTS,
    FoundTopic,
    PlannedTopic,
    plan_topics,
)
from workers.broker.topic_problems import ProblemKind, find_problems
from workers.settings import Settings

SETTINGS = Settings(app_id="house", partitions=6, replication_factor=3)
PLAN = {topic.name: topic for topic in plan_topics(SETTINGS)}
CHANGELOG = "house-accounts-changelog"
WATERMARKS = "house-watermarks"
POLICIES = "house-policies"
SHARED = {WATERMARKS, POLICIES}
"""Topics with one partition for the whole app."""


def as_planned(topic: PlannedTopic) -> FoundTopic:
    return FoundTopic(topic.partitions, topic.replication_factor, dict(topic.config))


def found(**changed: FoundTopic | None) -> dict[str, FoundTopic]:
    there = {name: as_planned(topic) for name, topic in PLAN.items()} | changed
    return {name: topic for name, topic in there.items() if topic is not None}


def with_config(name: str, **config: str) -> FoundTopic:
    existing = as_planned(PLAN[name])
    return replace(
        existing, config=existing.config | {key.replace("_", "."): value for key, value in config.items()}
    )


def test_the_plan_holds_every_topic_of_the_contract_a_changelog_per_agent_and_the_shared_topics() -> None:
    assert set(PLAN) == set(TOPICS) | {f"house-{agent}-changelog" for agent in AGENTS} | SHARED


def test_all_topics_have_the_same_partitions_because_the_logs_are_co_partitioned() -> None:
    others = {
        (topic.partitions, topic.replication_factor) for topic in PLAN.values() if topic.name not in SHARED
    }
    assert others == {(6, 3)}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_topic_of_the_whole_app_has_one_partition(name: str) -> None:
    assert (PLAN[name].partitions, PLAN[name].replication_factor) == (1, 3)


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        (CHANGELOG, "compact"),
        (POLICIES, "compact"),
        ("crm.accounts", "compact"),
        ("crm.reps", "compact"),
        ("lead.scores", "compact"),
        ("dead.letters", "compact,delete"),
        ("lead.events", "delete"),
        ("lead.routing", "delete"),
        ("web.activity", "delete"),
    ],
)
def test_topics_that_hold_the_latest_value_of_a_key_are_compacted(name: str, policy: str) -> None:
    assert PLAN[name].config["cleanup.policy"] == policy


def test_events_expire_after_the_set_retention_and_latest_values_never() -> None:
    fortnight = {
        one.name: one.config.get("retention.ms")
        for one in plan_topics(Settings(app_id="house", retention_days=14))
    }
    assert {name for name, kept in fortnight.items() if kept is None} == {
        *(f"house-{agent}-changelog" for agent in AGENTS),
        *("crm.accounts", "crm.contacts", "crm.reps", "lead.scores"),
        POLICIES,
    }
    assert fortnight.pop("dead.letters.actions") == str(28 * 86_400_000), "an action outlives its letter"
    assert fortnight.pop(WATERMARKS) == "3600000"
    assert set(fortnight.values()) - {None} == {str(14 * 86_400_000)}


def test_our_compacted_topics_are_compacted_within_the_policys_erase_within() -> None:
    hours = {
        topic.name: topic.config.get("max.compaction.lag.ms") for topic in plan_topics(SETTINGS, 3_600_000)
    }
    ours = {CHANGELOG, "lead.scores", "dead.letters"}
    assert {name for name, lag in hours.items() if lag == "3600000"} >= ours
    assert hours["crm.accounts"] == "86400000"


@pytest.mark.parametrize(
    "topic", [topic for topic in PLAN.values() if topic.name not in SHARED], ids=lambda topic: topic.name
)
def test_every_topic_keeps_at_least_two_weeks_of_history(topic: PlannedTopic) -> None:
    if topic.config["cleanup.policy"] == "delete":
        assert int(topic.config["retention.ms"]) >= 14 * 86_400_000
    else:
        assert int(topic.config["max.compaction.lag.ms"]) <= 86_400_000


def test_the_part_of_a_changelog_that_is_never_compacted_is_bounded() -> None:
    bounded = {name for name, topic in PLAN.items() if topic.config.get("segment.bytes") == "52428800"}
    assert bounded == {f"house-{agent}-changelog" for agent in AGENTS}


def test_a_cluster_as_planned_has_no_problem() -> None:
    assert find_problems(list(PLAN.values()), found()) == []


@pytest.mark.parametrize(
    ("name", "there", "kind"),
    [
        ("lead.events", None, ProblemKind.MISSING),
        (CHANGELOG, None, ProblemKind.MISSING),
        ("lead.events", replace(as_planned(PLAN["lead.events"]), partitions=7), ProblemKind.PARTITIONS),
        (CHANGELOG, replace(as_planned(PLAN[CHANGELOG]), partitions=5), ProblemKind.PARTITIONS),
        (
            "form.fills",
            replace(as_planned(PLAN["form.fills"]), replication_factor=1),
            ProblemKind.REPLICATION,
        ),
        (CHANGELOG, with_config(CHANGELOG, cleanup_policy="delete"), ProblemKind.CLEANUP_POLICY),
        (CHANGELOG, with_config(CHANGELOG, cleanup_policy="compact,delete"), ProblemKind.CLEANUP_POLICY),
        ("lead.events", with_config("lead.events", cleanup_policy="compact"), ProblemKind.CLEANUP_POLICY),
        ("lead.events", with_config("lead.events", retention_ms="604800000"), ProblemKind.RETENTION),
        (CHANGELOG, with_config(CHANGELOG, max_compaction_lag_ms=str(2**63 - 1)), ProblemKind.COMPACTION_LAG),
        (CHANGELOG, with_config(CHANGELOG, delete_retention_ms="60000"), ProblemKind.DELETE_RETENTION),
        (CHANGELOG, with_config(CHANGELOG, segment_bytes="1073741824"), ProblemKind.SEGMENT),
        *(
            (name, with_config(name, message_timestamp_type="LogAppendTime"), ProblemKind.TIMESTAMP_TYPE)
            for name in ("lead.events", "lead.routing", CHANGELOG)
        ),
        (
            WATERMARKS,
            with_config(WATERMARKS, message_timestamp_type="CreateTime"),
            ProblemKind.TIMESTAMP_TYPE,
        ),
        *(
            (name, with_config(name, max_message_bytes="900000"), ProblemKind.MAX_MESSAGE_BYTES)
            for name in ("desk.requests", "lead.scores", CHANGELOG)
        ),
        *(
            (name, with_config(name, retention_bytes="1073741824"), ProblemKind.RETENTION_BYTES)
            for name in ("web.activity", "lead.events", "dead.letters")
        ),
        (CHANGELOG, with_config(CHANGELOG, min_insync_replicas="1"), ProblemKind.MIN_INSYNC_REPLICAS),
        (WATERMARKS, None, ProblemKind.MISSING),
        (WATERMARKS, replace(as_planned(PLAN[WATERMARKS]), partitions=6), ProblemKind.PARTITIONS),
        (WATERMARKS, with_config(WATERMARKS, retention_ms="60000"), ProblemKind.RETENTION),
    ],
)
def test_each_difference_that_matters_is_one_problem(
    name: str, there: FoundTopic | None, kind: ProblemKind
) -> None:
    (problem,) = find_problems(list(PLAN.values()), found(**{name: there}))
    assert (problem.topic, problem.kind) == (name, kind)


def test_every_kind_of_problem_can_be_found() -> None:
    cases: Any = next(
        mark
        for mark in test_each_difference_that_matters_is_one_problem.pytestmark
        if mark.name == "parametrize"
    ).args[1]
    assert {case[2] for case in cases} | {ProblemKind.NO_RIGHT} == set(ProblemKind)


def test_a_topic_without_a_right_is_not_called_missing() -> None:
    there = found(**{"lead.events": None})
    (problem,) = find_problems(list(PLAN.values()), there, {"lead.events"})
    assert problem.kind is ProblemKind.NO_RIGHT
    assert "lead-router topics rights" in problem.advice


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("lead.events", with_config("lead.events", retention_ms="-1")),
        ("web.activity", with_config("web.activity", retention_ms=str(14 * 86_400_000))),
        (CHANGELOG, with_config(CHANGELOG, max_compaction_lag_ms="3600000", delete_retention_ms="604800000")),
        ("form.fills", replace(as_planned(PLAN["form.fills"]), replication_factor=4)),
        (CHANGELOG, with_config(CHANGELOG, segment_bytes="1048576")),
        ("lead.scores", with_config("lead.scores", segment_bytes="1073741824")),
    ],
)
def test_a_topic_that_keeps_more_than_planned_has_no_problem(name: str, there: FoundTopic) -> None:
    assert find_problems(list(PLAN.values()), found(**{name: there})) == []


def test_a_changed_partition_count_means_a_new_app_id_and_a_rebuild() -> None:
    there = replace(as_planned(PLAN["lead.events"]), partitions=7)
    (problem,) = find_problems(list(PLAN.values()), found(**{"lead.events": there}))
    assert "found 7, expected 6" in str(problem)
    for words in ("can never change", "new `app_id`", "rebuild"):
        assert words in problem.advice


@pytest.mark.parametrize(
    ("name", "config"),
    [
        pytest.param(
            "web.activity", {"message_timestamp_type": "LogAppendTime"}, id="producers decide about arrival"
        ),
        pytest.param("web.activity", {"max_message_bytes": "500000"}, id="producers decide about sizes"),
        pytest.param("lead.events", {"max_message_bytes": "5000000"}, id="larger records are allowed"),
        pytest.param("lead.events", {"min_insync_replicas": "2"}, id="enough replicas in sync"),
    ],
)
def test_a_harmless_difference_is_not_reported(name: str, config: dict[str, str]) -> None:
    assert find_problems(list(PLAN.values()), found(**{name: with_config(name, **config)})) == []


def test_a_record_that_counts_as_written_on_one_disk_is_a_warning() -> None:
    (warning,) = find_problems(
        list(PLAN.values()), found(**{CHANGELOG: with_config(CHANGELOG, min_insync_replicas="1")})
    )
    assert (warning.kind, warning.is_warning) == (ProblemKind.MIN_INSYNC_REPLICAS, True)
    assert str(warning).startswith(
        f"warning: {CHANGELOG}: min_insync_replicas: found 1, expected 2 or more; "
    )


def test_topics_without_a_second_copy_are_one_warning() -> None:
    planned = plan_topics(Settings(app_id="house"))
    (warning,) = find_problems(planned, {topic.name: as_planned(topic) for topic in planned})
    assert (warning.kind, warning.is_warning) == (ProblemKind.REPLICATION, True)
    assert f"1 replica of {len(planned)} topics" in str(warning)
