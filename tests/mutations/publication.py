"""Mutations of how a policy is followed and published, which a test without Kafka notices."""

from __future__ import annotations

from mutation import Edit, Mutation

ENGINE = "workers/engine"

PUBLICATION = [
    Mutation(
        "a worker with another text of the followed policy decides",
        "two decisions name one version, and two texts made them",
        (
            Edit(
                f"{ENGINE}/config_guard.py",
                "one.version == mine.version and",
                "one.version < 0 and",
            ),
        ),
        "unit/engine/test_config.py::test_a_worker_with_another_text_of_the_followed_version_is_refused_at_its_start",
        "DID NOT RAISE",
    ),
    Mutation(
        "a policy that the release cannot read restarts the task",
        "it restarts without end, and no operator learns why",
        (
            Edit(
                f"{ENGINE}/config_guard.py",
                "        raise ConfigUnreadableError(",
                "        raise RuntimeError(",
            ),
        ),
        "unit/engine/test_config.py::"
        "test_a_config_that_the_program_cannot_read_is_refused_and_no_record_is_decided_by_another",
        "RuntimeError",
    ),
    Mutation(
        "an operator's record moves the time of a history",
        "in a demo all deadlines of months are due at once when a policy is published",
        (
            Edit(
                f"{ENGINE}/inbox.py",
                "is_timeless = record.topic == self._own_log and",
                "is_timeless = record.topic == '' and",
            ),
        ),
        "unit/engine/test_inbox.py::test_an_operators_record_moves_no_time_of_a_history",
        "assert",
    ),
    Mutation(
        "another text of the followed version is published",
        "every partition ignores it, and the operator believes that it is followed",
        (
            Edit(
                "workers/commands/publication.py",
                "    if config.version <= present and",
                "    if config.version < present and",
            ),
        ),
        "unit/commands/test_policy_publish.py::test_a_version_that_is_not_higher_is_refused",
        "DID NOT RAISE",
    ),
    Mutation(
        "a canary has an effect under a policy with which it was not compared",
        "it may change what accounts share, and a partition splits the turns of a desk",
        (
            Edit(
                f"{ENGINE}/control.py",
                "change.present != followed.version",
                "change.present < 0",
            ),
        ),
        "unit/engine/test_canary_records.py::test_a_config_for_all_ends_the_canary_and_it_does_not_return",
        "assert",
    ),
    Mutation(
        "the evaluation after a change of a canary continues under another policy for all",
        "a condition that the new policy lacks makes it a dead letter of the handler",
        (
            Edit(
                "workers/accounts/events/reevaluate_all.py",
                "    if present != terms.ref.hash:",
                "    if present == '':",
            ),
        ),
        "hops/accounts/events/test_canary.py::"
        "test_a_policy_for_all_without_the_condition_of_a_canary_ends_its_unfinished_evaluation",
        "ShareError",
    ),
]
