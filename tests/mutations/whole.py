"""Mutations of the whole router, between hops. Only a test with a real Kafka notices them. Slow: `make mutations`."""

from __future__ import annotations

from mutation import Edit, Mutation, without

_RETURN = """    case.publish(
        DESK_REQUESTS, DeskReturn(request_id=request.request_id, desk=request.desk, account_key=case.key)
    )
"""
_ONE_OWNER = (
    "integration/test_router_one_owner.py::"
    "test_never_two_assignees_and_one_turn_whatever_comes_in_which_order"
)

WHOLE = [
    Mutation(
        "events do not wait for the CRM",
        "at a first start a customer who raises a hand goes to inside sales",
        (
            Edit(
                "workers/visitors/handle.py",
                "        return sum(row.partitions == self._partitions for _, row in found) == self._partitions\n",
                "        return len(found) >= 0\n",
            ),
        ),
        "integration/test_router_way.py::"
        "test_a_customers_raised_hand_goes_to_the_owner_although_it_was_there_before_the_crm[two-workers]",
        "== {('",
    ),
    Mutation(
        "open hand-offs change hands one after the other",
        "two reps hold one account for a moment in the output",
        (
            Edit(
                "workers/accounts/handoffs/handoffs.py",
                "        if at:\n",
                "        if at > len(moving):\n",
            ),
        ),
        _ONE_OWNER,
        "assert not {'domain:wave",
    ),
    Mutation(
        "an answer of a desk that is no longer needed is kept",
        "an owner named meanwhile costs a rep of the desk a turn",
        (without("workers/accounts/desk_protocol/requests.py", _RETURN),),
        _ONE_OWNER,
        "'domain:wave",
    ),
    Mutation(
        "a worker with another text of the followed policy stays",
        "it keeps partitions that it must not decide, and workers that could do not get them",
        (
            Edit(
                "workers/engine/faust_app.py",
                "            if self.refusal is not None:\n",
                "            if self.refusal is not None and self.should_stop:\n",
            ),
        ),
        "integration/test_router_policy.py::"
        "test_a_rolling_restart_goes_over_to_a_newer_policy_once_and_another_text_of_it_is_refused",
        "has not ended within",
    ),
    Mutation(
        "the topics of a history delete old records",
        "the demo's fortnight is dated: 60 days after it, its records were deleted while they were read (measured)",
        (Edit("workers/broker/topic_plan.py", " | (KEEP_FOREVER if keep_forever else {})", ""),),
        "integration/test_topics.py::test_a_history_older_than_the_retention_is_kept_where_all_is_to_be_kept",
        "5184000000",
    ),
]
