"""The one-counter job on Quix Streams and on Flechtwerk. Run as a worker process in their environment (`make rivals`).

    python -m bench.rival_jobs (quix|flechtwerk) BOOTSTRAP APP_ID DATA_DIR SETTING

The job is that of jobs.py: validate with pydantic, count per key in a durable table with a changelog, write one output per
input, commit input, changelog and output exactly once. Compression is off, as in the other jobs. SETTING decides how much
one commit contains. Quix Streams: the seconds between two commits. Flechtwerk: the most records of one fetch, all of whose
partitions are committed.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.page_views import TOPIC, Counted, PageView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _quix(bootstrap: str, app_id: str, data_dir: str, setting: str) -> None:
    from quixstreams import Application  # noqa: PLC0415 - only this job needs it

    app = Application(
        bootstrap,
        consumer_group=app_id,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        commit_interval=float(setting),
        state_dir=data_dir,
        loglevel="WARNING",
    )

    def count(raw: bytes, state: Any) -> bytes:
        event = PageView.model_validate_json(raw)
        n = state.get("n", 0) + 1
        state.set("n", n)
        counted = Counted(event_id=event.event_id, lead_id=event.lead_id, count=n)
        return counted.model_dump_json().encode()

    source = app.topic(TOPIC, key_deserializer="bytes", value_deserializer="bytes")
    out = app.topic(f"{app_id}.out", key_serializer="bytes", value_serializer="bytes")
    app.dataframe(source).apply(count, stateful=True).to_topic(out)
    app.run()


def _flechtwerk(bootstrap: str, app_id: str, data_dir: str, setting: str) -> None:
    import uvloop  # noqa: PLC0415 - only this job needs it
    from flechtwerk import Flechtwerk, IncomingMessage, Message, State, transformer  # noqa: PLC0415
    from flechtwerk.attribute import INT, Attribute  # noqa: PLC0415

    count_of = Attribute("n", INT)
    out = f"{app_id}.out"
    tempfile.tempdir = data_dir  # its copies are in a temporary folder

    async def count(message: IncomingMessage, state: State) -> AsyncIterator[Message | State]:
        assert message.value is not None
        event = PageView.model_validate(message.value.raw)
        n = (state.get(count_of) or 0) + 1
        counted = Counted(event_id=event.event_id, lead_id=event.lead_id, count=n)
        yield Message(key=message.key, topic=out, value=counted.model_dump_json().encode())
        yield State({count_of: n})

    async def main() -> None:
        await Flechtwerk.of(
            application_id=app_id,
            bootstrap_servers=bootstrap,
            client_id=f"{app_id}-{Path(data_dir).name}",
            stage=transformer(input_topics=[TOPIC])(count),
            compression_type=None,
            max_poll_records=int(setting),
        ).run()

    uvloop.install()
    asyncio.run(main())


if __name__ == "__main__":
    job, bootstrap, app_id, data_dir, setting = sys.argv[1:6]
    logging.basicConfig(level=logging.WARNING)
    Path(data_dir).mkdir(parents=True, exist_ok=True)
    {"quix": _quix, "flechtwerk": _flechtwerk}[job](bootstrap, app_id, data_dir, setting)
