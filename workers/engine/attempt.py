"""One decision: all of its effects count, or none of them.

In: a function that decides over the rows. Out: its stamped outputs and its changed rows, or one dead letter instead.
It is step 6 of a batch (:class:`workers.engine.task.PartitionTask`). An exception of a handler never ends the batch.
What the worker cannot read of its own state is not the record's fault: a StateError or MemoryError ends the batch.

One decision, in order:

1. The handler runs. It changes rows in the record layer of :class:`workers.engine.rows.Rows` and returns outputs.
2. Each output and the largest changed row are compared with the limit of the broker, before anything counts.
3. On success the changed rows move to the batch layer (``Rows.keep``).
4. The outputs get the time of the decision as their stamp and join the batch.

Where step 1 or 2 raises, ``Rows.discard`` drops the changed rows and the outputs are dropped. One dead letter joins the
batch instead, stamped with the time of the decision, and the outputs of a refusal, if it has any. Nothing is written to Kafka here: the task commits the batch.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ParamSpec

from msgspec.structs import replace

from workers.engine.api import Clock, DeadLetterEncoder, Emit, Record, RefusedError
from workers.engine.state_errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workers.engine.rows import Rows

P = ParamSpec("P")


class Attempts:
    """Runs the decisions of one batch and collects their outputs."""

    def __init__(self, agent: str, rows: Rows, max_output_bytes: int, dead_letter: DeadLetterEncoder) -> None:
        self.outputs: list[Emit] = []
        self.buried: Counter[str] = Counter()
        """Dead letters by reason since the last commit. The task clears it."""
        self.checks_rows = True
        self._agent = agent
        self._rows = rows
        self._max_output_bytes = max_output_bytes
        self._dead_letter = dead_letter

    def run(
        self, decide: Callable[P, list[Emit]], where: Record, at: Clock, *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        """Run ``decide`` with its arguments. Return False when it failed and the record ``where`` became a dead letter.

        Raises StateError and MemoryError: the batch must be dropped, and the record decided again later.
        """
        besides: tuple[Emit, ...] = ()
        try:
            emits = decide(*args, **kwargs)
            self._check_sizes(emits)
        except (StateError, MemoryError):
            raise
        except RefusedError as refused:
            reason, detail, besides = refused.reason, refused.detail, refused.outputs
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the batch continues
            reason, detail = "handler_failed", _without_values(error)
        else:
            self._rows.keep()
            self._append(emits, at)
            return True
        self._rows.discard()
        self.bury(where, reason, detail, at)
        self._append(besides, at)
        return False

    def bury(self, record: Record, reason: str, detail: str, clock: Clock) -> None:
        """Add the dead letter of a record to the outputs."""
        self.buried[reason] += 1
        self._append([self._dead_letter(self._agent, record, reason, detail, clock.now_ms)], clock)

    def _append(self, emits: Iterable[Emit], clock: Clock) -> None:
        """Add outputs, stamped with the time of the decision. The producer's clock would differ in a replay."""
        for emit in emits:
            stamped = emit if emit.timestamp_ms is not None else replace(emit, timestamp_ms=clock.now_ms)
            self.outputs.append(stamped)

    def _check_sizes(self, emits: list[Emit]) -> None:
        most = self._max_output_bytes
        for emit in emits:
            size = len(emit.value or b"") + len(emit.key or b"")
            if size > most:  # headers are bounded: our own are few, and forward_emit drops large foreign ones
                raise RefusedError("output_too_large", f"{size} bytes for {emit.topic}, at most {most} fit")
        size = self._rows.largest_pending
        if self.checks_rows and size > most:
            raise RefusedError("output_too_large", f"a row of {size} bytes, at most {most} fit")


def _without_values(error: Exception) -> str:
    """Return the type and the place of an error. Its text is left out: it may hold an e-mail address."""
    trace = error.__traceback__
    where = "?"
    while trace is not None:
        where = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {where}"
