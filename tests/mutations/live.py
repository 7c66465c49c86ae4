"""Mutations of the engine that only a test with a real Kafka notices. Slow: `make mutations` runs them."""

from __future__ import annotations

from mutation import Edit, Mutation, without

ENGINE = "workers/engine"

_COMMIT = """        try:
            written = await asyncio.wait_for(
                opened.writer.commit("""

LIVE = [
    Mutation(
        "the producer starts at the first record",
        "a killed worker's open transaction hides all later records until it times out: 37.7 s, fenced 0.1 s (measured)",
        (
            without(f"{ENGINE}/opening.py", "        await writer.fence()\n"),
            Edit(
                f"{ENGINE}/producer.py",
                "        transactions = self._started()\n",
                "        if not self._transactions:\n"
                "            await self.fence()\n"
                "        transactions = self._started()\n",
            ),
        ),
        "integration/test_engine_broker.py::"
        "test_records_of_others_are_visible_at_once_after_a_killed_worker_left_a_transaction_open",
        "not within 5 s",
    ),
    Mutation(
        "the broker's answer for each record is not read",
        "aiokafka's commit succeeds although a produce of the transaction failed (reproduced)",
        (
            Edit(f"{ENGINE}/transaction.py", "if refusal is NoError:", "if refusal is not None:"),
            Edit(f"{ENGINE}/producer.py", "if offset < 0:", "if offset < -1:"),
        ),
        "integration/test_engine_broker.py::"
        "test_a_transaction_with_a_refused_record_is_invisible_until_the_broker_accepts_it",
        "MessageSizeTooLargeError",
    ),
    Mutation(
        "partitions are assigned by round robin",
        "aiokafka's round robin does not co-partition: a worker gets half of a partition's topics (reproduced)",
        (
            Edit(
                f"{ENGINE}/transport.py",
                "consumer._partition_assignment_strategy = (self._assignor,)",
                "consumer._partition_assignment_strategy = (driver.RoundRobinPartitionAssignor,)",
            ),
        ),
        "integration/test_engine_partitions.py::test_each_partition_has_all_its_topics_on_one_of_three_workers",
        "each task has a worker",
    ),
    Mutation(
        "a restore waits for the last record of the changelog",
        "a partition's end counts transaction markers: the restore never ends (reproduced)",
        (
            Edit(
                f"{ENGINE}/restore.py",
                "            while not is_closing() and (at := await consumer.position(changelog)) < end:\n                report_left(end - at)\n",
                "            seen = position\n            while seen < end:\n",
            ),
            Edit(
                f"{ENGINE}/restore.py",
                "                    count += len(records)\n",
                "                    count += len(records)\n                    seen = records[-1].offset + 1\n",
            ),
        ),
        "integration/test_engine_state.py::"
        "test_a_restart_continues_from_its_local_copy_or_else_from_the_changelog[another-True]",
        "partition_opened",
    ),
    Mutation(
        "a restore reads aborted records",
        "rows of aborted transactions are restored",
        (
            Edit(
                f"{ENGINE}/restore.py",
                'isolation_level="read_committed"',
                'isolation_level="read_uncommitted"',
            ),
        ),
        "integration/test_engine_kills.py::"
        "test_a_hundred_aborted_transactions_without_a_rebalance_lose_and_double_no_event",
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
        "test_a_hundred_aborted_transactions_without_a_rebalance_lose_and_double_no_event",
        "not within 60 s",
    ),
    Mutation(
        "outputs and rows are committed apart",
        "outputs are published twice, because the rows do not include them",
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
        "test_a_hundred_aborted_transactions_without_a_rebalance_lose_and_double_no_event",
        "doubled",
    ),
    Mutation(
        "a task that restarts does not seek",
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
        "test_a_hundred_aborted_transactions_without_a_rebalance_lose_and_double_no_event",
        "not within",
    ),
    Mutation(
        "uncommitted records are read",
        "records of aborted transactions are counted",
        (
            Edit(
                f"{ENGINE}/transport.py",
                "self.consumer.in_transaction = True ",
                "self.consumer.in_transaction = False ",
            ),
        ),
        "integration/test_engine_input.py::test_records_of_an_aborted_foreign_transaction_are_never_counted",
        "AssertionError",
    ),
    Mutation(
        "an offset that the topic no longer has is skipped",
        "records that were deleted unread are skipped without notice",
        (
            Edit(
                f"{ENGINE}/opening.py",
                "if offset is not None and not beginning <= offset <= self.ends[topic]:",
                "if offset is not None and offset < 0:",
            ),
        ),
        "integration/test_engine_broker.py::test_a_partition_stops_instead_of_skipping_records_that_were_deleted_unread",
        "partition_stopped",
    ),
    Mutation(
        "an old copy's deleted rows come back",
        "a copy older than the tombstones of its changelog brought back an erased person and a cancelled timer (reproduced)",
        (Edit(f"{ENGINE}/opening.py", "stale_copy(store.meta, state, now_ms)", "None"),),
        "integration/test_engine_state.py::test_an_old_copy_whose_tombstones_are_gone_brings_no_deleted_row_back",
        "rebuilt_because",
    ),
    Mutation(
        "a full queue is filled further",
        "memory grows with the backlog of the slowest partition",
        (Edit(f"{ENGINE}/task.py", "            self._consumer.hold({batch.tp})\n", "            pass\n"),),
        "integration/test_engine_partitions.py::test_a_slow_partition_delays_no_other_and_its_queue_stays_bounded",
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
        "integration/test_engine_partitions.py::test_a_slow_partition_delays_no_other_and_its_queue_stays_bounded",
        "all of the others",
    ),
    Mutation(
        "a record that kills the worker is decided at each start",
        "a record that ends the process ends it at each start",
        (
            Edit(
                f"{ENGINE}/task.py",
                "verdict = marker.verdict(head.topic, head.offset)",
                "verdict = Verdict.NORMAL",
            ),
        ),
        "integration/test_engine_input.py::test_a_record_that_kills_the_worker_twice_becomes_a_dead_letter_at_the_third_start",
        "not within",
    ),
    Mutation(
        "an idle partition gets no tick",
        "a deadline is not reported on a partition without new records",
        (
            without(
                f"{ENGINE}/idle_watch.py",
                "            task.request([tick] * (_TICKS_FOR_CHUNKS if decider.has_cursor() else 1))\n",
            ),
        ),
        "integration/test_engine_time.py::test_a_timer_of_an_idle_partition_fires_when_it_is_due_and_not_before",
        "not within",
    ),
    Mutation(
        "an idle partition's time is the wall clock, with unread records upstream",
        "a rep is reported overdue while the answer is still unread two hops upstream",
        (
            Edit(
                f"{ENGINE}/idle_watch.py",
                "or (task.spec.is_edge and not task.spec.upstream)",
                "or True",
            ),
        ),
        "integration/test_engine_time.py::test_a_deadline_is_not_reported_while_its_cancellation_is_unread_upstream",
        "overdue case",
    ),
    Mutation(
        "a stamp ten hours in the future moves time ten hours",
        "Kafka 4 refuses outputs stamped more than an hour ahead: the partition stops for ever",
        (
            Edit(
                f"{ENGINE}/clocks.py",
                "return min(stamp_ms, time.time_ns() // 1_000_000 + CLAMP_AHEAD_MS)",
                "return stamp_ms",
            ),
        ),
        "integration/test_engine_broker.py::test_a_future_dated_record_moves_time_no_further_than_the_broker_accepts",
        "not within",
    ),
    Mutation(
        "no offsets are committed for lag monitors",
        "offsets are in the rows, which lag monitors do not read",
        (without(f"{ENGINE}/runtime.py", "                    await self._report_lag()\n"),),
        "integration/test_engine_partitions.py::"
        "test_the_group_commits_its_offsets_for_lag_monitors_and_creates_no_topic",
        "assert not",
    ),
    Mutation(
        "a topic for Faust's leader is created",
        "Faust creates a topic for its leader",
        (
            Edit(f"{ENGINE}/faust_app.py", "topic_disable_leader=True", "topic_disable_leader=False"),
            Edit(f"{ENGINE}/faust_app.py", "topic_allow_declare=False", "topic_allow_declare=True"),
        ),
        "integration/test_engine_partitions.py::"
        "test_the_group_commits_its_offsets_for_lag_monitors_and_creates_no_topic",
        "assert 8 == 7",
    ),
    Mutation(
        "every worker listens on the same port",
        "a second worker on the machine fails because the port is in use, and the web server shows table data",
        (Edit(f"{ENGINE}/faust_app.py", "web_enabled=False", "web_enabled=True"),),
        "integration/test_engine_partitions.py::test_each_partition_has_all_its_topics_on_one_of_three_workers",
        "not within",
    ),
    Mutation(
        "a dead worker is noticed after a minute",
        "Faust's default session of 60 s: a dead worker's partitions wait that long",
        (
            Edit(
                f"{ENGINE}/faust_app.py",
                "broker_session_timeout=session_timeout_s",
                "broker_session_timeout=60.0",
            ),
        ),
        "integration/test_engine_broker.py::"
        "test_records_of_others_are_visible_at_once_after_a_killed_worker_left_a_transaction_open",
        "partitions_assigned",
    ),
    Mutation(
        "a worker waits for a missing broker before it leaves",
        "aiokafka looks for its coordinator for ever: a worker that is stopped never ends (reproduced)",
        (
            Edit(
                f"{ENGINE}/faust_app.py",
                "        if self.leave_within_s is not None:\n",
                "        if self.leave_within_s == 0:\n",
            ),
        ),
        "integration/test_engine_broker.py::test_a_worker_that_is_stopped_while_the_broker_is_away_still_leaves",
        "has not ended",
    ),
    Mutation(
        "a stopped partition is silent after a restart",
        "a partition that is still stopped after a restart logs nothing",
        (
            without(
                f"{ENGINE}/task.py",
                '        self._log.error("partition_stopped", why=decider.quarantine.stopped)  # after a restart too\n',
            ),
        ),
        "integration/test_engine_input.py::"
        "test_too_many_dead_letters_in_a_row_stop_a_partition_until_an_operator_resumes_it",
        "partition_stopped",
    ),
    Mutation(
        "an announcement that failed is not repeated",
        "a task that waits for all announcements waits for ever, because one transaction failed",
        (
            without(
                f"{ENGINE}/task.py", "        self.wants_announcement = bool(self.spec.announces_after)\n"
            ),
            Edit(
                f"{ENGINE}/task.py",
                "        self.wants_announcement = False\n        self.reach",
                "        self.wants_announcement = bool(spec.announces_after)\n        self.reach",
            ),
        ),
        "integration/test_engine_kills.py::test_an_announcement_in_a_failed_transaction_is_repeated",
        "not within",
    ),
    Mutation(
        "a partition ends before the records of open transactions",
        "the broker answers a commit before its markers are in the logs: a tick overtakes the records of the commit",
        (Edit(f"{ENGINE}/watermark_channel.py", '"read_uncommitted"', '"read_committed"'),),
        "integration/test_engine_watermarks.py::test_the_end_of_a_partition_is_behind_the_records_of_open_transactions",
        "assert",
    ),
    Mutation(
        "a stopped partition holds back the time of all others for ever",
        "100 bad web events in one partition stop the reminders of all quiet accounts",
        (
            Edit(
                f"{ENGINE}/task.py",
                "            self.stopped_since_s = time.monotonic()\n",
                "            self.stopped_since_s = None\n",
            ),
        ),
        "integration/test_engine_watermarks.py::test_a_stopped_partition_holds_back_the_deadlines_of_others_for_a_while_only",
        "not within",
    ),
    Mutation(
        "a worker of an earlier release gets no watermark",
        "in a rolling upgrade the deadlines of the old workers' partitions are not reported",
        (without(f"{ENGINE}/idle_watch.py", "            self._write_to_logs(task, goal.at_ms)\n"),),
        "integration/test_engine_watermarks.py::test_a_reader_of_an_earlier_release_gets_watermarks_in_its_log",
        "not within",
    ),
    Mutation(
        "a worker that its group refuses keeps running",
        "aiokafka raises the error in a call that Faust does not make: the worker logs one line and stops working (reproduced)",
        (
            without(
                f"{ENGINE}/faust_app.py",
                "            if error is not None:\n                self._leave_group(error)\n                return\n",
            ),
        ),
        "integration/test_engine_partitions.py::test_a_worker_that_the_group_refuses_ends_and_logs_the_reason",
        "has not ended",
    ),
    Mutation(
        "an answer of the group that passes ends the worker",
        "a broker that starts answers a heartbeat with an unknown error, and each worker ends",
        (
            Edit(
                f"{ENGINE}/group_errors.py",
                "self.is_final(error, now_s):",
                "True:",
            ),
        ),
        "integration/test_engine_partitions.py::test_a_worker_joins_its_group_again_after_an_error_that_passes",
        "not within",
    ),
    Mutation(
        "a fenced task opens again without an answered heartbeat",
        "a worker that lost its place without notice and the new owner fence each other without end (reproduced)",
        (without(f"{ENGINE}/task.py", "                await self._wait_for_heartbeat(fenced_at_s)\n"),),
        "integration/test_engine_failover.py::"
        "test_a_worker_that_lost_its_place_without_notice_fences_no_other_and_joins_again",
        "AssertionError",
    ),
    Mutation(
        "a worker waits for ever for the answers to its heartbeats",
        "a worker whose heartbeats wait in a dead connection decides nothing and never joins again",
        (
            without(
                f"{ENGINE}/heartbeats.py",
                "            loop.call_soon_threadsafe(_join_again, coordinator)\n",
            ),
        ),
        "integration/test_engine_failover.py::"
        "test_a_worker_that_lost_its_place_without_notice_fences_no_other_and_joins_again",
        "partitions_assigned",
    ),
    Mutation(
        "the heartbeat of a static member does not name its instance",
        "two processes with one instance id take the partitions from each other without end (reproduced)",
        (
            Edit(
                f"{ENGINE}/heartbeats.py",
                "if instance_id is not None and isinstance(request, HeartbeatRequest):",
                "if instance_id == 0:",
            ),
        ),
        "integration/test_engine_failover.py::"
        "test_of_two_workers_with_one_instance_id_one_leaves_and_names_the_setting",
        "one of the two leaves",
    ),
    Mutation(
        "the stop of a reader raises the CancelledError of its fetch",
        "a task that stops a reader while the broker is away ends as if it had been cancelled (reproduced)",
        (
            Edit(
                f"{ENGINE}/consumer_stop.py",
                "    except asyncio.CancelledError:",
                "    except ZeroDivisionError:",
            ),
        ),
        "integration/test_engine_broker.py::"
        "test_a_reader_stops_although_one_of_its_fetches_waits_because_the_broker_is_away",
        "CancelledError",
    ),
]
