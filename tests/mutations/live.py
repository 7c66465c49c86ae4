"""Mutations that only a real Kafka notices. Slow: `make mutations`."""

from __future__ import annotations

from mutation import Edit, Mutation, without

ENGINE = "workers/engine"

_COMMIT = """        written = await asyncio.wait_for(
            opened.writer.commit("""

LIVE = [
    Mutation(
        "the producer starts at the first record",
        "a killed worker's open transaction hides everybody's later records until it times out: 37.7 s, fenced 0.1 s (measured)",
        (
            without(f"{ENGINE}/opening.py", "        await writer.fence()\n"),
            Edit(
                f"{ENGINE}/producer.py",
                "        transactions = self._started()\n",
                "        if self._transactions is None:\n"
                "            await self.fence()\n"
                "        transactions = self._started()\n",
            ),
        ),
        "integration/test_engine_broker.py::"
        "test_what_others_write_is_visible_at_once_where_a_killed_worker_left_a_transaction_open",
        "not within 5 s",
    ),
    Mutation(
        "what the broker says of a record is not read",
        "aiokafka's commit succeeds although a produce of the transaction failed (reproduced)",
        (
            Edit(f"{ENGINE}/transaction.py", "if refusal is NoError:", "if refusal is not None:"),
            Edit(f"{ENGINE}/producer.py", "if offset < 0:", "if offset < -1:"),
        ),
        "integration/test_engine_broker.py::"
        "test_where_one_record_of_a_transaction_is_refused_nothing_of_it_is_visible_until_it_can_be",
        "MessageSizeTooLargeError",
    ),
    Mutation(
        "partitions are dealt out in turn",
        "aiokafka's round robin does not co-partition: a worker has half of a partition's topics (reproduced)",
        (
            Edit(
                f"{ENGINE}/transport.py",
                "consumer._partition_assignment_strategy = (self._assignor,)",
                "consumer._partition_assignment_strategy = (driver.RoundRobinPartitionAssignor,)",
            ),
        ),
        "integration/test_engine_partitions.py::test_of_three_workers_one_has_all_topics_of_a_partition",
        "each task has a worker",
    ),
    Mutation(
        "a changelog is restored when its last record was seen",
        "a partition's end counts transaction markers: the restore never ends (reproduced)",
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
        "rows of aborted transactions are restored",
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
        "rows run ahead of what was committed: kill -9 lost 46-86 updates in 5 of 5 runs of stock Faust",
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
        "outputs are said and then said again, for the rows do not know of them",
        (
            Edit(
                f"{ENGINE}/producer.py",
                "            await transactions.begin(batches)\n",
                "            rows = batches.pop(changelog, None)\n"
                "            if batches and rows:\n"
                "                await transactions.begin(batches)\n"
                "                await self._write(transactions, batches)\n"
                "                await transactions.end(commits=True)\n"
                "            batches = {changelog: rows} if rows else batches\n"
                "            await transactions.begin(batches)\n",
            ),
        ),
        "integration/test_engine_kills.py::"
        "test_a_hundred_aborted_transactions_and_seeks_without_a_rebalance_cost_and_double_nothing",
        "doubled",
    ),
    Mutation(
        "a task that begins again does not seek",
        "Faust seeks only on a rebalance: a task restarted without one skips what was queued (reproduced)",
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
        "records of aborted transactions are counted",
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
        "records deleted unread are skipped in silence",
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
        "a copy that slept through the removal of tombstones brought an erased person and a cancelled timer back (reproduced)",
        (Edit(f"{ENGINE}/opening.py", "stale_copy(store.meta, state, now_ms)", "None"),),
        "integration/test_engine_state.py::test_an_old_copy_whose_tombstones_are_gone_brings_no_deleted_row_back",
        "rebuilt_because",
    ),
    Mutation(
        "a full queue is filled on",
        "memory grows with the backlog of the slowest partition",
        (Edit(f"{ENGINE}/task.py", "            self._consumer.hold({batch.tp})\n", "            pass\n"),),
        "integration/test_engine_partitions.py::test_a_slow_partition_holds_nobody_up_and_its_queue_stays_bounded",
        "assert",
    ),
    Mutation(
        "a full queue holds all partitions",
        "one slow partition stops all: p95 went from 100 ms to 1 s (measured)",
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
        "all of the others",
    ),
    Mutation(
        "a deadly record is decided again and again",
        "a record that ends the process ends it at each start",
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
        "a deadline passes unseen where nothing is written any more",
        (
            without(
                f"{ENGINE}/runtime.py",
                "            task.request([tick] * (_TICKS_FOR_CHUNKS if decider.has_cursor() else 1))\n",
            ),
        ),
        "integration/test_engine_time.py::test_a_timer_of_an_idle_partition_fires_when_it_is_due_and_not_before",
        "not within",
    ),
    Mutation(
        "an idle partition's time is the wall's, whatever lies unread upstream",
        "somebody is overdue whose answer still lies unread two hops upstream",
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
        "Kafka 4 refuses outputs stamped more than an hour ahead: the partition stands still for ever",
        (
            Edit(
                f"{ENGINE}/clocks.py",
                "return min(stamp_ms, time.time_ns() // 1_000_000 + CLAMP_AHEAD_MS)",
                "return stamp_ms",
            ),
        ),
        "integration/test_engine_broker.py::test_a_record_stamped_far_ahead_moves_time_no_further_than_the_broker_takes",
        "not within",
    ),
    Mutation(
        "nobody tells lag monitors anything",
        "offsets live in the rows, where no lag monitor looks",
        (without(f"{ENGINE}/runtime.py", "                    await self._report_lag()\n"),),
        "integration/test_engine_partitions.py::"
        "test_the_groups_offsets_tell_lag_monitors_the_end_and_no_topic_is_made",
        "assert not",
    ),
    Mutation(
        "a leader's topic is made",
        "Faust makes a topic of its own for its leader",
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
        "a second worker on the machine dies of the taken port, and the web server shows table data",
        (Edit(f"{ENGINE}/faust_app.py", "web_enabled=False", "web_enabled=True"),),
        "integration/test_engine_partitions.py::test_of_three_workers_one_has_all_topics_of_a_partition",
        "not within",
    ),
    Mutation(
        "a dead worker is missed after a minute",
        "Faust's default session of 60 s: a dead worker's partitions wait that long",
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
        "aiokafka asks for its coordinator for ever: a worker that is told to leave never does (reproduced)",
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
        "a partition that is still stopped after a restart says nothing",
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
    Mutation(
        "an announcement that failed is not made again",
        "whoever waits for all announcements waits for ever: one transaction of one start failed",
        (
            without(
                f"{ENGINE}/task.py", "        self.wants_announcement = bool(self.spec.announces_after)\n"
            ),
            Edit(
                f"{ENGINE}/task.py",
                "        self.wants_announcement = False\n        self.watermark_ms",
                "        self.wants_announcement = bool(spec.announces_after)\n        self.watermark_ms",
            ),
        ),
        "integration/test_engine_kills.py::test_what_was_announced_in_a_transaction_that_failed_is_announced_again",
        "not within",
    ),
    Mutation(
        "a watermark that failed is not told again",
        "where stamps stand still, timers downstream never fire: the transaction that told the time failed",
        (without(f"{ENGINE}/task.py", "        self.watermark_ms, self.watermark_at_s = 0, 0.0\n"),),
        "integration/test_engine_time.py::"
        "test_how_far_time_has_come_is_told_again_where_the_transaction_that_told_it_failed",
        "not within",
    ),
    Mutation(
        "a worker that its group refuses stands still",
        "aiokafka raises it where Faust never asks: the worker says one line and does nothing (reproduced)",
        (
            without(
                f"{ENGINE}/faust_app.py", "            if error is not None:\n                raise error\n"
            ),
        ),
        "integration/test_engine_partitions.py::test_a_worker_that_the_group_refuses_for_good_ends_and_says_why",
        "has not ended",
    ),
]
