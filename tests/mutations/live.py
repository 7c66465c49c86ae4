"""Mutations that only a real Kafka notices. Slow: `make mutations`."""

from __future__ import annotations

from mutation import Edit, Mutation, without

ENGINE = "workers/engine"

_COMMIT = """        written = await asyncio.wait_for(
            opened.writer.commit("""

LIVE = [
    Mutation(
        "the producer starts at the first record",
        "architecture.md, fence: an unfenced open transaction hides everybody's later records*",
        (
            without(f"{ENGINE}/opening.py", "        await writer.fence()\n"),
            Edit(
                f"{ENGINE}/producer.py",
                "        await self._producer.begin_transaction()\n",
                "        if self._producer._txn_manager.producer_id < 0:\n"
                "            await self.fence()\n"
                "        await self._producer.begin_transaction()\n",
            ),
        ),
        "integration/test_engine_broker.py::"
        "test_what_others_write_is_visible_at_once_where_a_killed_worker_left_a_transaction_open",
        "not within 5 s",
    ),
    Mutation(
        "futures of sends are not read",
        "faust.md, aiokafka: commit_transaction succeeds although a produce of it failed; architecture.md, loop*",
        (Edit(f"{ENGINE}/producer.py", "asyncio.gather(*futures, *rows)", "asyncio.gather(*rows)"),),
        "integration/test_engine_broker.py::"
        "test_where_one_record_of_a_transaction_is_refused_nothing_of_it_is_visible_until_it_can_be",
        "MessageSizeTooLargeError",
    ),
    Mutation(
        "the driver picks the assignor",
        "faust.md, plug points: without tables it picks aiokafka's round robin, which does not co-partition",
        (
            without(
                f"{ENGINE}/transport.py",
                "        consumer._partition_assignment_strategy = (self._assignor,)  # noqa: SLF001\n",
            ),
        ),
        "integration/test_engine_partitions.py::test_of_three_workers_one_has_all_topics_of_a_partition",
        "partition_incomplete",
    ),
    Mutation(
        "a changelog is restored when its last record was seen",
        "faust.md, aiokafka: end_offsets counts transaction markers",
        (
            Edit(
                f"{ENGINE}/restore.py",
                "    while await consumer.position(changelog) < end:\n",
                "    seen = position\n    while seen < end:\n",
            ),
            Edit(
                f"{ENGINE}/restore.py",
                "            count += len(records)\n",
                "            count += len(records)\n            seen = records[-1].offset + 1\n",
            ),
        ),
        "integration/test_engine_state.py::"
        "test_a_restart_goes_on_with_its_local_copy_or_else_from_the_changelog[another-True]",
        "partition_opened",
    ),
    Mutation(
        "a changelog is restored with what was aborted",
        "architecture.md, restore: read the changelog (read_committed)",
        (
            Edit(
                f"{ENGINE}/restore.py",
                'isolation_level="read_committed"',
                'isolation_level="read_uncommitted"',
            ),
        ),
        "integration/test_engine_kills.py::"
        "test_a_hundred_aborted_transactions_and_seeks_without_a_rebalance_cost_and_double_nothing",
        "not within 60 s",
    ),
    Mutation(
        "rows are applied before the commit",
        "faust.md, silent losses 1: the changelog behind the committed offset; architecture.md, loop: commit -> apply",
        (
            Edit(
                f"{ENGINE}/task.py",
                _COMMIT,
                "        opened.store.write(decided.changes, at_ms=now_ms)\n" + _COMMIT,
            ),
        ),
        "integration/test_engine_kills.py::"
        "test_a_hundred_aborted_transactions_and_seeks_without_a_rebalance_cost_and_double_nothing",
        "not within 60 s",
    ),
    Mutation(
        "outputs and rows are committed apart",
        "faust.md, silent losses 2: a failed changelog send is only logged; probe: chaos.py*",
        (
            Edit(
                f"{ENGINE}/producer.py",
                "            rows, counts = await self._send_rows(changelog, changes, now_ms)\n",
                "            await asyncio.gather(*futures)\n"
                "            await self._producer.commit_transaction()\n"
                "            futures = []\n"
                "            await self._producer.begin_transaction()\n"
                "            rows, counts = await self._send_rows(changelog, changes, now_ms)\n",
            ),
        ),
        "integration/test_engine_kills.py::"
        "test_a_hundred_aborted_transactions_and_seeks_without_a_rebalance_cost_and_double_nothing",
        "doubled",
    ),
    Mutation(
        "a task that begins again does not seek",
        "architecture.md, the rows alone are the truth: Faust seeks only on a rebalance",
        (
            Edit(
                f"{ENGINE}/task.py",
                "            self._epochs[topic] = self._consumer.reseek(self.tps[topic], offset)\n        self._log",
                "            if topic not in self._epochs:\n"
                "                self._epochs[topic] = self._consumer.reseek(self.tps[topic], offset)\n"
                "            self._consumer.release({self.tps[topic]})\n"
                "        self._log",
            ),
            Edit(f"{ENGINE}/inbox.py", "        if start > expected:\n", "        if start < 0:\n"),
        ),
        "integration/test_engine_kills.py::"
        "test_a_hundred_aborted_transactions_and_seeks_without_a_rebalance_cost_and_double_nothing",
        "not within",
    ),
    Mutation(
        "what was not committed is read",
        "faust.md, plug points: _create_worker_consumer picks isolation_level, needs read_committed",
        (
            Edit(
                f"{ENGINE}/transport.py",
                "self.consumer.in_transaction = True ",
                "self.consumer.in_transaction = False ",
            ),
        ),
        "integration/test_engine_input.py::test_what_a_foreign_transaction_has_aborted_is_never_counted",
        "AssertionError",
    ),
    Mutation(
        "an offset that the topic no longer has is jumped over",
        "architecture.md, the rows alone are the truth: stop loudly; never jump",
        (
            Edit(
                f"{ENGINE}/opening.py",
                "if offset is not None and not beginning <= offset <= self.ends[topic]:",
                "if offset is not None and offset < 0:",
            ),
        ),
        "integration/test_engine_broker.py::test_where_unread_records_are_gone_the_partition_stops_and_never_jumps",
        "partition_stopped",
    ),
    Mutation(
        "an old copy's deleted rows come back",
        "architecture.md, restore: an old copy brought an erased person and a cancelled timer back*",
        (Edit(f"{ENGINE}/opening.py", "stale_copy(store.meta, state, now_ms)", "None"),),
        "integration/test_engine_state.py::test_an_old_copy_whose_tombstones_are_gone_brings_no_deleted_row_back",
        "rebuilt_because",
    ),
    Mutation(
        "a full queue is filled on",
        "architecture.md, work is bounded; faust.md: each partition task has its own queue bounded in records",
        (Edit(f"{ENGINE}/task.py", "            self._consumer.hold({batch.tp})\n", "            pass\n"),),
        "integration/test_engine_partitions.py::test_a_slow_partition_holds_nobody_up_and_its_queue_stays_bounded",
        "assert",
    ),
    Mutation(
        "a full queue holds all partitions",
        "faust.md, plug points: never let one slow partition block the stream; architecture.md: pauses its own partition only",
        (
            Edit(
                f"{ENGINE}/task.py",
                "            self._consumer.hold({batch.tp})\n",
                "            self._consumer.hold(set(self._consumer.delivered))\n",
            ),
            Edit(
                f"{ENGINE}/task.py",
                "                tp in self._consumer.held\n",
                "                batch_tp_is_slow(tp, self._inbox) and tp in self._consumer.held\n",
            ),
            Edit(
                f"{ENGINE}/task.py",
                "class TaskState(StrEnum):",
                "def batch_tp_is_slow(tp: TP, inbox: Inbox) -> bool:\n"
                "    return tp.partition == 0 and tp.topic.endswith('.in')\n\n\n"
                "class TaskState(StrEnum):",
            ),
        ),
        "integration/test_engine_partitions.py::test_a_slow_partition_holds_nobody_up_and_its_queue_stays_bounded",
        "assert",
    ),
    Mutation(
        "a deadly record is decided again and again",
        "architecture.md, bad records: a marker on disk before deciding",
        (
            Edit(
                f"{ENGINE}/task.py",
                "verdict = marker.verdict(head.topic, head.offset)",
                "verdict = Verdict.NORMAL",
            ),
        ),
        "integration/test_engine_input.py::test_a_record_that_kills_the_worker_is_buried_at_the_third_start",
        "not within",
    ),
    Mutation(
        "an idle partition gets no tick",
        "rulings.md, time and ticks",
        (
            without(
                f"{ENGINE}/runtime.py",
                "            task.request([control_emit(task.spec.own_log, task.partition, Tick(at_ms), at_ms)])\n",
            ),
        ),
        "integration/test_engine_time.py::test_a_timer_of_an_idle_partition_fires_when_it_is_due_and_not_before",
        "not within",
    ),
    Mutation(
        "an idle partition's time is the wall's, whatever lies unread upstream",
        "rulings.md, time and ticks: a touch still unread two hops upstream is never reported overdue",
        (
            Edit(
                f"{ENGINE}/runtime.py",
                "return edge_ms if task.spec.is_edge else decider.reached_ms()",
                "return edge_ms",
            ),
        ),
        "integration/test_engine_time.py::test_nothing_is_overdue_while_what_takes_it_back_lies_unread_upstream",
        "overdue case",
    ),
    Mutation(
        "a stamp ten hours ahead moves time ten hours",
        "faust.md, aiokafka: Kafka 4.x refuses a record stamped more than 1 h ahead",
        (
            Edit(
                f"{ENGINE}/clocks.py",
                "return min(stamp_ms, self.now_ms() + CLAMP_AHEAD_MS)",
                "return stamp_ms",
            ),
        ),
        "integration/test_engine_broker.py::test_a_record_stamped_far_ahead_moves_time_no_further_than_the_broker_takes",
        "not within",
    ),
    Mutation(
        "nobody tells lag monitors anything",
        "architecture.md, the rows alone are the truth: group offsets are sent every few seconds, for lag monitors",
        (without(f"{ENGINE}/runtime.py", "                    await self._report_lag()\n"),),
        "integration/test_engine_partitions.py::"
        "test_the_groups_offsets_tell_lag_monitors_the_end_and_no_topic_is_made",
        "assert not",
    ),
    Mutation(
        "a leader's topic is made",
        "faust.md, settings: topic_disable_leader=True avoids the leader topic",
        (
            Edit(f"{ENGINE}/faust_app.py", "topic_disable_leader=True", "topic_disable_leader=False"),
            Edit(f"{ENGINE}/faust_app.py", "topic_allow_declare=False", "topic_allow_declare=True"),
        ),
        "integration/test_engine_partitions.py::"
        "test_the_groups_offsets_tell_lag_monitors_the_end_and_no_topic_is_made",
        "assert 8 == 7",
    ),
    Mutation(
        "every worker listens on the same port",
        "faust.md, settings: a second worker on the machine dies of the taken port",
        (Edit(f"{ENGINE}/faust_app.py", "web_enabled=False", "web_enabled=True"),),
        "integration/test_engine_partitions.py::test_of_three_workers_one_has_all_topics_of_a_partition",
        "not within",
    ),
    Mutation(
        "a dead worker is missed after a minute",
        "faust.md, settings: broker_session_timeout 60 s, a dead worker's partitions wait that long",
        (
            Edit(
                f"{ENGINE}/faust_app.py",
                "broker_session_timeout=session_timeout_s",
                "broker_session_timeout=60.0",
            ),
        ),
        "integration/test_engine_broker.py::"
        "test_what_others_write_is_visible_at_once_where_a_killed_worker_left_a_transaction_open",
        "partitions_assigned",
    ),
    Mutation(
        "a worker waits for a broker that is gone before it leaves",
        "architecture.md, release; issue: SIGTERM, leave within 10 s",
        (
            Edit(
                f"{ENGINE}/faust_app.py",
                "        if self.leave_within_s is not None:\n",
                "        if self.leave_within_s == 0:\n",
            ),
        ),
        "integration/test_engine_broker.py::test_told_to_leave_while_the_broker_is_gone_it_leaves_all_the_same",
        "has not ended",
    ),
    Mutation(
        "a stopped partition is silent after a restart",
        "architecture.md, bad records: past the limit the partition stops with a clear message",
        (
            without(
                f"{ENGINE}/task.py",
                '        self._log.error("partition_stopped", why=decider.quarantine.stopped)  # after a restart too\n',
            ),
        ),
        "integration/test_engine_input.py::"
        "test_past_the_run_of_dead_letters_a_partition_stops_until_an_operator_resumes_it",
        "partition_stopped",
    ),
]
