"""Mutations of the engine's reading and writing of its own state, which a test without Kafka notices."""

from __future__ import annotations

from mutation import Edit, Mutation, without

ENGINE = "workers/engine"

STATE = [
    Mutation(
        "the record is blamed for state that cannot be read",
        "a damaged copy, or a row of a newer version, turns good records into dead letters",
        (without(f"{ENGINE}/attempt.py", "        except (StateError, MemoryError):\n            raise\n"),),
        "unit/engine/test_dead_letters.py::test_a_record_is_not_blamed_for_a_copy_that_cannot_be_read",
        "DID NOT RAISE",
    ),
    Mutation(
        "a scan ends early at a damaged block",
        "an account reads as one without leads, and that is committed",
        (without(f"{ENGINE}/store.py", "            at.status()\n"),),
        "unit/engine/test_store.py::test_a_damaged_block_fails_gets_and_scans_instead_of_hiding_rows",
        "DID NOT RAISE",
    ),
    Mutation(
        "closing a copy raises on a full disk",
        "each task ends for good at its first restart",
        (
            Edit(
                f"{ENGINE}/store.py",
                "            with suppress(Exception):\n",
                "            with suppress(OSError):\n",
            ),
        ),
        "unit/engine/test_store.py::test_a_full_disk_fails_a_write_and_closing_still_releases_the_copy",
        "IO error",
    ),
    Mutation(
        "a reopened copy has settings of its own",
        "memory grows with the partitions, and each get of an absent row reads a block",
        (Edit(f"{ENGINE}/store.py", ', column_families={"default": settings}', ""),),
        "unit/engine/test_store.py::test_a_reopened_copy_has_the_settings_of_a_new_one",
        "filter_policy",
    ),
    Mutation(
        "failed timers have no limit",
        "a broken deployment drains every deadline into the dead letters",
        (
            Edit(
                f"{ENGINE}/decide.py",
                "            if self.quarantine.stopped:\n                return False\n",
                "",
            ),
        ),
        "unit/engine/test_dead_letters.py::test_failed_timers_stop_the_partition_at_the_limit_and_the_others_stay",
        "assert",
    ),
    Mutation(
        "a changelog that was created again is rebuilt from",
        "every record of the retention time is decided and published a second time",
        (Edit(f"{ENGINE}/opening.py", "if stale is StaleCopy.RECREATED_CHANGELOG:", "if not stale:"),),
        "unit/engine/test_opening.py::test_a_copy_of_a_changelog_that_was_created_again_is_kept_and_stops_the_partition",
        "DID NOT RAISE",
    ),
    Mutation(
        "the watermark of an earlier owner replaces a later one",
        "a worker that was frozen reports what it knew, and time downstream moves back",
        (Edit(f"{ENGINE}/watermark_board.py", "max(known.at_ms, at_ms)", "at_ms"),),
        "unit/engine/test_watermark_board.py::test_the_watermark_of_an_earlier_owner_takes_nothing_back",
        "assert",
    ),
    Mutation(
        "an earlier owner releases a partition that runs again",
        "a rep is reported overdue while the touch is unread in the partition that an operator has just resumed",
        (
            Edit(
                f"{ENGINE}/watermark_board.py",
                "report.generation >= known.generation",
                "report.generation >= 0",
            ),
        ),
        "unit/engine/test_watermark_board.py::test_a_released_task",
        "assert",
    ),
    Mutation(
        "a timer that ends the process condemns the record behind it",
        "good records are buried one by one, and the timer ends the process again before each",
        (Edit(f"{ENGINE}/marker.py", "    if state.timer:\n", "    if not state:\n"),),
        "unit/engine/test_marker.py::test_a_timer_is_condemned_by_its_second_crash_and_no_record_is_suspected",
        "assert",
    ),
    Mutation(
        "a transaction is aborted although a write of it may still arrive",
        "on brokers before 3.6 a write that arrives after an abort belongs to no transaction, and readers wait for ever",
        (Edit(f"{ENGINE}/producer.py", " and not transactions.must_be_fenced", ""),),
        "unit/prove/test_late_requests.py::test_a_write_that_arrives_after_it_was_given_up_belongs_to_no_hanging_transaction",
        "assert [",
    ),
]
