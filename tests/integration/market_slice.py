"""A part of the demo's market: all CRM and sales records, and the visits of some visitors, in the order of time."""

from __future__ import annotations

from zlib import crc32

from workers.demo.market.fortnight import START, market_records
from workers.demo.market.market_record import MarketRecord

_VISITS = frozenset({"web.activity", "form.fills"})
_CRM = frozenset({"crm.accounts", "crm.reps"})


def market_slice(seed: int, keeps_percent: int) -> tuple[list[MarketRecord], list[MarketRecord]]:
    """Return the CRM's first records, and the later records with the visits of ``keeps_percent`` of the visitors.

    A visitor who fills in a form is four times as likely to be kept, because the tests check hand-offs.
    """
    records = market_records(seed)
    writers = {record.key for record in records if record.topic == "form.fills"}

    def is_kept(record: MarketRecord) -> bool:
        if record.topic not in _VISITS:
            return True
        share = keeps_percent * (4 if record.key in writers else 1)
        return crc32(f"{seed} {record.key}".encode()) % 100 < share

    first_ms = START.timestamp() * 1_000
    crm = [record for record in records if record.topic in _CRM and record.timestamp_ms < first_ms]
    return crm, [record for record in records[len(crm) :] if is_kept(record)]
