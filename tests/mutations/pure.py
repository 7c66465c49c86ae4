"""Mutations of the engine that a test without Kafka notices."""

from __future__ import annotations

from mutation import Edit, Mutation, without

ENGINE = "workers/engine"

PURE = [
    Mutation(
        "a batch is labelled after its fetch",
        "a batch fetched before a seek but labelled as after it is lost or doubled (reproduced)",
        (
            Edit(
                f"{ENGINE}/transport.py",
                "            epoch = epochs.get(tp, 0)\n",
                "            epoch = self.epochs.get(tp, 0)\n",
            ),
            Edit(
                f"{ENGINE}/transport.py",
                "or epoch != self.epochs.get(tp, 0):",
                "or self.epochs.get(tp, 0) < 0:",
            ),
        ),
        "unit/engine/test_transport.py::test_a_batch_fetched_before_a_seek_never_carries_the_epoch_after_it",
        "assert [(",
    ),
    Mutation(
        "a batch of an earlier generation is delivered",
        "a batch fetched across a rebalance belongs to another worker by then",
        (
            Edit(
                f"{ENGINE}/transport.py",
                "is_void = self.should_stop or generation != self.app.consumer_generation_id",
                "is_void = self.should_stop",
            ),
        ),
        "unit/engine/test_transport.py::test_a_batch_fetched_across_a_rebalance_is_not_delivered",
        "assert [(",
    ),
    Mutation(
        "a seek that a rebalance has undone is forgotten",
        "a partition continues at the group's position instead of the rows' offset",
        (without(f"{ENGINE}/transport.py", "            self._seeks = {**seeks, **self._seeks}\n"),),
        "unit/engine/test_transport.py::test_a_seek_that_a_rebalance_has_undone_is_repeated",
        "assert [{",
    ),
    Mutation(
        "a gap counts as transaction markers",
        "a lost batch looks like a gap of transaction markers: its records are skipped (reproduced)",
        (Edit(f"{ENGINE}/inbox.py", "        if start > expected:\n", "        if start < 0:\n"),),
        "unit/engine/test_inbox.py::test_a_batch_after_the_expected_offset_is_refused_whole",
        "DID NOT RAISE",
    ),
    Mutation(
        "a lag report that fails ends the worker",
        "Faust's commit ends the app on any error, although the offsets only serve lag monitors",
        (Edit(f"{ENGINE}/transport.py", "except (KafkaError, TimeoutError) as", "except TimeoutError as"),),
        "unit/engine/test_transport.py::test_a_failed_lag_report_does_not_end_the_worker",
        "IllegalStateError",
    ),
    Mutation(
        "an old local copy is used",
        "a copy older than the tombstones of its changelog brought back an erased person and a cancelled timer (reproduced)",
        (
            Edit(
                f"{ENGINE}/staleness.py",
                "abs(now_ms - meta.written_at_ms) * 2 > changelog.delete_retention_ms",
                "meta.written_at_ms > now_ms * 1_000_000",
            ),
        ),
        "unit/engine/test_staleness.py::test_a_copy_is_rebuilt_for_the_first_reason_that_holds",
        "too_old",
    ),
    Mutation(
        "a local copy beyond its changelog is used",
        "a copy outside the range of its changelog lacks rows that cannot be restored",
        (
            Edit(
                f"{ENGINE}/staleness.py",
                "if not changelog.beginning <= meta.next_offset <= changelog.end:",
                "if meta.next_offset < 0:",
            ),
        ),
        "unit/engine/test_staleness.py::test_a_copy_is_rebuilt_for_the_first_reason_that_holds",
        "outside_changelog",
    ),
    Mutation(
        "a local copy of another changelog is used",
        "a copy of another changelog holds the rows of another partition or cluster",
        (Edit(f"{ENGINE}/staleness.py", "meta.changelog != changelog.identity", "not meta.changelog"),),
        "unit/engine/test_staleness.py::test_a_copy_is_rebuilt_for_the_first_reason_that_holds",
        "other_changelog",
    ),
    Mutation(
        "a scan holds a live iterator",
        "rocksdict keeps the lock after close() while an iterator lives: the successor cannot open the rows",
        (
            Edit(
                f"{ENGINE}/store.py",
                "            page = self._page(start, end, size)\n            yield from page\n",
                "            page = []\n            yield from self._db.items(from_key=start)\n",
            ),
        ),
        "unit/engine/test_store.py::test_an_abandoned_scan_does_not_keep_the_lock",
        "lock",
    ),
    Mutation(
        "every partition has a block cache of its own",
        "RocksDB opens with one cache per partition by default: memory grows with partitions",
        (without(f"{ENGINE}/store_options.py", "    table.set_block_cache(blocks)\n"),),
        "unit/engine/test_store.py::test_all_copies_of_a_process_share_one_block_cache",
        "33554432",
    ),
    Mutation(
        "two processes work in one data directory",
        "two processes in one directory damage each other's rows",
        (Edit(f"{ENGINE}/datadir.py", "self._lock.acquire(timeout=0)", "self._lock.is_locked"),),
        "unit/engine/test_datadir.py::test_the_same_process_is_refused_a_second_time",
        "DID NOT RAISE",
    ),
    Mutation(
        "a row's bytes depend on the order in which it was filled",
        "msgpack keeps the insertion order of a dict: rows of two runs differ",
        (Edit(f"{ENGINE}/rows.py", 'Encoder(order="deterministic")', "Encoder()"),),
        "unit/engine/test_rows.py::test_rows_are_encoded_the_same_in_whatever_order_they_were_filled",
        "assert b'",
    ),
    Mutation(
        "a scan for due timers begins at the first timer ever set",
        "each scan passes the tombstones of all timers that ever fired",
        (
            Edit(
                f"{ENGINE}/timers.py",
                "rows.scan(TimerRow, start=(_slot(fired.slot_ms if fired else 0),), limit=1)",
                "rows.scan(TimerRow, limit=1)",
            ),
        ),
        "unit/engine/test_timers.py::test_a_scan_for_due_timers_starts_after_the_last_one_fired",
        "assert",
    ),
    Mutation(
        "a record is handled on the partition that a foreign partitioner chose",
        "confluent-kafka's default agreed with murmur2 for 14 % of keys (measured): a key has rows in several partitions",
        (
            Edit(
                f"{ENGINE}/decide.py",
                "partition_of(raw := key.encode(), self.partitions) == self.partition:",
                "partition_of(raw := key.encode(), self.partitions) >= 0:",
            ),
        ),
        "unit/engine/test_forwarding.py::test_a_record_on_the_wrong_partition_is_forwarded_to_the_own_log_unchanged",
        "assert",
    ),
    Mutation(
        "murmur2's sign is kept",
        "half of all keys get another partition than with the Java client",
        (Edit(f"{ENGINE}/partitioner.py", "(int(murmur2(key)) & _POSITIVE)", "int(murmur2(key))"),),
        "unit/engine/test_partitioner.py::test_a_key_gets_the_partition_of_the_java_client",
        "assert",
    ),
    Mutation(
        "the partial changes of a failed record stay",
        "a record that failed half-way is counted and also becomes a dead letter",
        (without(f"{ENGINE}/attempt.py", "        self._rows.discard()\n"),),
        "unit/engine/test_dead_letters.py::test_a_failed_record_leaves_no_partial_changes",
        "assert",
    ),
    Mutation(
        "a handler's exception ends the batch",
        "400 poison records stalled a worker for 33 minutes by restarts (reproduced)",
        (
            Edit(
                f"{ENGINE}/attempt.py",
                '            reason, detail = "handler_failed", _without_values(error)\n',
                "            raise\n",
            ),
        ),
        "unit/engine/test_dead_letters.py::test_a_bad_record_becomes_a_dead_letter_with_its_reason_and_the_next_one_is_decided",
        "ValueError",
    ),
    Mutation(
        "a dead letter holds the text of an error",
        "the text of an error holds an e-mail address",
        (
            Edit(
                f"{ENGINE}/attempt.py",
                '"handler_failed", _without_values(error)',
                '"handler_failed", str(error)',
            ),
        ),
        "unit/engine/test_dead_letters.py::test_no_dead_letter_holds_the_text_of_an_error",
        "assert not any(SECRET in text",
    ),
    Mutation(
        "sizes are not checked before a record counts as decided",
        "one output that the broker refuses stops the partition for ever",
        (without(f"{ENGINE}/attempt.py", "            self._check_sizes(emits)\n"),),
        "unit/engine/test_dead_letters.py::test_a_bad_record_becomes_a_dead_letter_with_its_reason_and_the_next_one_is_decided",
        "too many values to unpack (expected 1)",
    ),
    Mutation(
        "a restart forgets the dead letters so far",
        "a broken deployment that a supervisor restarts drains a topic into the dead letters",
        (
            Edit(
                f"{ENGINE}/decide.py",
                "self.quarantine = rows.get(QuarantineRow) or QuarantineRow()",
                "self.quarantine = QuarantineRow()",
            ),
        ),
        "unit/engine/test_dead_letters.py::test_a_run_of_dead_letters_outlives_a_restart",
        "assert",
    ),
    Mutation(
        "a record that kills the worker kills it for ever",
        "a record that ends the process is decided again at each start",
        (Edit(f"{ENGINE}/marker.py", "if (topic, offset) in condemned:", "if offset < 0:"),),
        "unit/engine/test_marker.py::test_a_deadly_record_is_seen_three_times_and_costs_two_crashes",
        "assert",
    ),
    Mutation(
        "a header in any topic makes an engine record",
        "a foreign record with an engine header moves time or resumes a stopped partition",
        (
            Edit(
                f"{ENGINE}/decide.py",
                "record.topic == self.spec.own_log and is_control(record)",
                "is_control(record)",
            ),
        ),
        "unit/engine/test_dead_letters.py::test_only_the_own_log_holds_engine_records_whatever_headers_foreign_ones_carry",
        "assert",
    ),
    Mutation(
        "a future-dated stamp moves time without a bound",
        "one record stamped next year makes all deadlines pass",
        (
            Edit(
                f"{ENGINE}/inbox.py",
                "if is_timeless else clock.clamp(record.timestamp_ms)",
                "if is_timeless else record.timestamp_ms",
            ),
        ),
        "unit/engine/test_inbox.py::test_at_the_edge_a_stamp_is_bounded",
        "assert 500",
    ),
    Mutation(
        "a tick moves time to the stamp of its record",
        "a tick's own stamp is earlier than the time that the inputs have reached",
        (
            Edit(
                f"{ENGINE}/decide.py",
                "stamp = control.at_ms if isinstance(control, Tick) else 0",
                "stamp = record.timestamp_ms",
            ),
        ),
        "unit/engine/test_time.py::test_a_tick_moves_time_to_its_value_and_not_to_its_stamp",
        "assert",
    ),
    Mutation(
        "the furthest upstream task decides how far time may move",
        "a rep is reported overdue while the answer is still unread upstream",
        (Edit(f"{ENGINE}/watermark_board.py", "at_ms < slowest.at_ms", "at_ms > slowest.at_ms"),),
        "unit/engine/test_watermark_board.py::test_the_later_of_a_watermark_in_the_log_and_a_reported_one_counts",
        "assert",
    ),
    Mutation(
        "an output is stamped by the producer's clock",
        "a replay gives other bytes",
        (
            Edit(
                f"{ENGINE}/attempt.py",
                "emit if emit.timestamp_ms is not None else replace(emit, timestamp_ms=clock.now_ms)",
                "emit",
            ),
        ),
        "unit/engine/test_timers.py::test_an_output_of_a_timer_is_stamped_with_its_due_time",
        "assert",
    ),
    Mutation(
        "Faust's spinner leaves the root logger at debug",
        "a tenth of the time went into log calls (measured)",
        (without("workers/log.py", "    root.setLevel(level_number)\n"),),
        "unit/test_log.py::test_configuring_a_second_time_undoes_the_changes_of_fausts_spinner",
        "assert",
    ),
    Mutation(
        "libraries log keys and values",
        "their debug lines print personal data",
        (
            Edit(
                "workers/log.py",
                "library.setLevel(of_libraries)",
                "library.setLevel(level_number)",
            ),
        ),
        "unit/test_log.py::test_libraries_never_log_debug_lines_for_they_hold_personal_data",
        "assert",
    ),
    Mutation(
        "records of two weeks ago are deleted within minutes",
        "with the broker's defaults a history's records were deleted within 5 minutes (measured)",
        (
            without(
                "workers/local_kafka/server_properties.py",
                '        "log.retention.ms": str(RETENTION_DAYS * DAY_MS),\n',
            ),
        ),
        "integration/test_local_kafka.py::test_records_of_two_months_ago_are_kept_by_default",
        "log.retention.ms",
    ),
    Mutation(
        "a copy that is still open is deleted",
        "a task that closes late writes into the files of the next task",
        (Edit(f"{ENGINE}/store.py", 'if "/LOCK:" in str(error) and', "if not path and"),),
        "unit/engine/test_opening.py::test_a_copy_that_another_task_still_has_open_is_not_touched",
        "StoreDamagedError",
    ),
    Mutation(
        "a worker joins its group again without end",
        "a worker that can never keep its place moves all partitions once in each session, and no supervisor notices",
        (Edit(f"{ENGINE}/heartbeats.py", "if self._rejoins == MOST_REJOINS:", "if self._rejoins < 0:"),),
        "unit/engine/test_heartbeats.py::"
        "test_a_worker_joins_again_after_each_session_without_an_answer_and_leaves_when_that_has_not_helped",
        "assert {",
    ),
]
