"""Mutations of the bounds of unpacking and of records that are not decided, which a test without Kafka notices."""

from __future__ import annotations

from mutation import Edit, Mutation

ENGINE = "workers/engine"

UNREAD = [
    Mutation(
        "a batch is unpacked whatever its size",
        "one record of 300 MB, 0.3 MB packed, takes the worker from 65 to 650 MB (measured)",
        (
            Edit(
                f"{ENGINE}/unpacking.py",
                "            if size <= MOST_UNPACKED_BYTES:\n",
                "            if size <= MOST_UNPACKED_BYTES << 10:\n",
            ),
        ),
        "unit/engine/test_unpacking.py::"
        "test_a_batch_that_would_grow_too_large_is_unread_and_its_neighbours_are_read[4]",
        "AssertionError",
    ),
    Mutation(
        "a header whose name is not text ends the fetch",
        "one record of a foreign producer ends every worker at every start (reproduced)",
        (
            Edit(
                f"{ENGINE}/unpacking.py",
                "except (CorruptRecordException, UnicodeDecodeError) as error:",
                "except CorruptRecordException as error:",
            ),
        ),
        "unit/engine/test_unpacking.py::test_a_header_whose_name_is_not_text_makes_only_its_record_unread",
        "UnicodeDecodeError",
    ),
    Mutation(
        "a batch with a damaged record behind others is not committed before the stop",
        "the records before the damaged one are decided at each opening and never count",
        (
            Edit(
                f"{ENGINE}/decide.py",
                "        if stops and (self.output_count",
                "        if stops and False and (self.output_count",
            ),
        ),
        "unit/engine/test_skips.py::test_what_was_decided_before_a_damaged_record_is_committed_first",
        "assert not",
    ),
]
