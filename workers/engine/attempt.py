"""One decision: its effects count as a whole or, when it fails, not at all.

In: a function that decides, over the rows. Out: its outputs, stamped, and its rows kept; or one dead letter and nothing
else. Whatever a handler raises, the record is quarantined and the rest goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec

from msgspec.structs import replace

from workers.engine.api import Clock, DeadLetterEncoder, Emit, Record, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.rows import Rows

P = ParamSpec("P")


class Attempts:
    """The decisions of one batch and what they say."""

    def __init__(self, agent: str, rows: Rows, max_output_bytes: int, dead_letter: DeadLetterEncoder) -> None:
        self.outputs: list[Emit] = []
        self.checks_rows = True
        self._agent = agent
        self._rows = rows
        self._max_output_bytes = max_output_bytes
        self._dead_letter = dead_letter

    def run(
        self, decide: Callable[P, list[Emit]], where: Record, at: Clock, *args: P.args, **kwargs: P.kwargs
    ) -> bool:
        """Run ``decide`` with its arguments; False when it failed and the record ``where`` is a dead letter."""
        try:
            emits = decide(*args, **kwargs)
            self._check_sizes(emits)
        except RefusedError as refused:
            reason, detail = refused.reason, refused.detail
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the rest goes on
            reason, detail = "handler_failed", _without_values(error)
        else:
            self._rows.keep()
            self._say(emits, at)
            return True
        self._rows.discard()
        self.bury(where, reason, detail, at)
        return False

    def bury(self, record: Record, reason: str, detail: str, clock: Clock) -> None:
        """Send a record to the dead letters."""
        self._say([self._dead_letter(self._agent, record, reason, detail, clock.now_ms)], clock)

    def _say(self, emits: list[Emit], clock: Clock) -> None:
        """Add outputs, stamped with the decision's time: a stamp of the producer's would differ in a replay."""
        for emit in emits:
            stamped = emit if emit.timestamp_ms is not None else replace(emit, timestamp_ms=clock.now_ms)
            self.outputs.append(stamped)

    def _check_sizes(self, emits: list[Emit]) -> None:
        most = self._max_output_bytes
        for emit in emits:
            size = len(emit.value or b"") + len(emit.key or b"")
            if size > most:
                raise RefusedError("output_too_large", f"{size} bytes for {emit.topic}, at most {most} fit")
        size = self._rows.largest_pending
        if self.checks_rows and size > most:
            raise RefusedError("output_too_large", f"a row of {size} bytes, at most {most} fit")


def _without_values(error: Exception) -> str:
    """The type and place of an error: its text may hold somebody's address."""
    trace = error.__traceback__
    where = "?"
    while trace is not None:
        where = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {where}"
