"""Mutations of the connection to Kafka: settings, tokens and rights."""

from __future__ import annotations

from mutation import Edit, Mutation, without

LOGINS = [
    Mutation(
        "a CA without security is accepted",
        "an operator believes that the connection is encrypted, and it is not (reproduced)",
        (
            Edit(
                "workers/connection_settings.py",
                "            self._refuse(_TLS_SETTINGS,",
                "            self._refuse((),",
            ),
        ),
        "unit/test_connection_settings.py::test_without_security_each_setting_of_a_connection_is_refused_by_its_name",
        "DID NOT RAISE",
    ),
    Mutation(
        "a misspelt secret is ignored",
        "the worker would start with another value than its operator has written",
        (
            Edit(
                "workers/settings.py",
                "if name.startswith(PREFIX.lower()) and name not in names:",
                "if not name:",
            ),
        ),
        "unit/test_connection_settings.py::test_a_misspelt_secret_is_refused_by_the_name_of_its_file",
        "DID NOT RAISE",
    ),
    Mutation(
        "a token is used until it expires",
        "a client that connects just before the end is refused, and a failing provider leaves no time for a retry",
        (Edit("workers/broker/tokens.py", "_REFRESH_AT: Final = 0.8", "_REFRESH_AT: Final = 1.0"),),
        "unit/broker/test_tokens.py::test_a_token_is_reused_until_four_fifths_of_its_life",
        "token-2",
    ),
    Mutation(
        "what a token provider returns is not checked",
        "aiokafka expects errors of its own only: an error of another kind ends the fetches of the worker",
        (
            Edit(
                "workers/broker/tokens.py",
                "token = _checked(self._provider.fetch(), self._now_s())",
                "token = self._provider.fetch()",
            ),
        ),
        "unit/broker/test_tokens.py::"
        "test_an_unusable_token_is_an_error_that_aiokafka_treats_as_a_failed_connection",
        "AttributeError",
    ),
    Mutation(
        "partitions without a right are fetched again at once",
        "the fetch loop meets the same refusal without a break, and the task never learns of it",
        (without("workers/engine/transport.py", "        self.held |= fetched.denied\n"),),
        "unit/engine/test_transport.py::test_a_partition_without_a_right_is_held_until_it_is_sought_again",
        "assert",
    ),
    Mutation(
        "a topic without a right is called missing",
        "the advice to create it fails, and the missing right is not named (reproduced)",
        (
            without(
                "workers/broker/topic_problems.py",
                "    if topic.name in denied:\n        return [_no_right(topic)]\n",
            ),
        ),
        "unit/broker/test_topic_plan.py::test_a_topic_without_a_right_is_not_called_missing",
        "assert",
    ),
]
