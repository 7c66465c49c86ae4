"""Makes the rows of any number of leads: the real hops decide the events of one lead, and its rows are copied.

The lead has filled in a form and visited three pages. In its rows, the number in its names and its lead_id are replaced by
those of another lead. Names have a fixed length, so the encoded rows stay valid.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.agents import make_specs
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.engine.partitioner import partition_of
from workers.identity.lead_ids import lead_id_of
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "bench-key-bench-key"
ROOT = Path(__file__).resolve().parent.parent
_TEMPLATE = "7777777"
_ENGINE_ROW = b"~config\x00"
PAGES = 3


def browser(number: int | str) -> str:
    """Return the id of the browser of a lead."""
    return f"browser{number:0>7}"


def address(number: int | str) -> str:
    """Return the address of a lead."""
    return f"person{number:0>7}@company{number:0>7}.com"


def account_key(number: int | str) -> str:
    """Return the key of a lead's account."""
    return f"domain:company{number:0>7}.com"


class LeadRows:
    """The rows of one lead, and copies of them for others."""

    def __init__(self) -> None:
        _, config = load_config(ROOT / "policy")
        specs = make_specs(KEY.encode(), 1)
        replay = EdgeReplay(specs, config, dead_letter, lambda _: None)
        began_ms = int(time.time() - 3_600) * 1_000
        form = {"form_id": "paper", "email": address(_TEMPLATE), "request": "content", "job_title": "CIO"}
        replay.feed(_input("form.fills", form, f"form{_TEMPLATE}", began_ms))
        for page in range(PAGES):
            visit = {"activity": "page_view", "url": "https://bank.example/pricing"}
            replay.feed(
                _input("web.activity", visit, f"page{page}-{_TEMPLATE}", began_ms + 1_000 * (page + 1))
            )
        self._lead_id = lead_id_of(address(_TEMPLATE), KEY.encode()).encode()
        found = dict(zip(specs, replay.rows(), strict=True))
        self.policy = {agent: rows[_ENGINE_ROW] for agent, rows in found.items()}
        """The row with the policy of each hop, which every partition has."""
        self._rows = {agent: list(self._of_lead(found[agent])) for agent in ("visitors", "accounts")}

    def _of_lead(self, rows: dict[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
        for key, value in rows.items():
            if _TEMPLATE.encode() in key or self._lead_id in key:
                yield key, value

    @property
    def count(self) -> int:
        """The number of rows of one lead."""
        return sum(map(len, self._rows.values()))

    def of(self, number: int) -> dict[str, dict[bytes, bytes]]:
        """Return the rows of one lead, by hop."""
        name, lead_id = b"%07d" % number, lead_id_of(address(number), KEY.encode()).encode()

        def replaced(text: bytes) -> bytes:
            return text.replace(_TEMPLATE.encode(), name).replace(self._lead_id, lead_id)

        return {
            agent: {replaced(key): replaced(value) for key, value in rows}
            for agent, rows in self._rows.items()
        }

    @staticmethod
    def partition(agent: str, number: int, partitions: int) -> int:
        """Return the partition of a lead's rows in a hop."""
        key = browser(number) if agent == "visitors" else account_key(number)
        return partition_of(key.encode(), partitions)


def policy_row() -> bytes:
    """Return the key of the row with the policy."""
    return _ENGINE_ROW


def _input(topic: str, event: dict[str, Any], event_id: str, at_ms: int) -> Input:
    at = datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat()
    body = event | {"event_id": event_id, "occurred_at": at, "anonymous_id": browser(_TEMPLATE)}
    return Input(topic, at_ms, browser(_TEMPLATE).encode(), json.dumps(body).encode())
