"""The projections of the console, in one list."""

from __future__ import annotations

from workers.engine.context import watermark_topic
from workers.result_store.alert_table import AlertTable
from workers.result_store.company_table import CompanyTable
from workers.result_store.erasure_requests import TOPICS as ERASURE_TOPICS
from workers.result_store.handoff_table import HandoffTable
from workers.result_store.ledger_table import LedgerTable
from workers.result_store.letter_table import LetterTable
from workers.result_store.projection import Projection
from workers.result_store.rep_table import RepTable
from workers.result_store.score_table import ScoreTable
from workers.result_store.source_table import SourceTable
from workers.result_store.stage_table import StageTable
from workers.result_store.task_table import TaskTable
from workers.result_store.touch_table import TouchTable


def console_tables(app_id: str, lead_id_key: bytes) -> tuple[Projection, ...]:
    """Return the projections that the pages of the console query."""
    return (
        TouchTable(lead_id_key),
        HandoffTable(),
        ScoreTable(),
        StageTable(),
        AlertTable(),
        LedgerTable(),
        LetterTable(),
        RepTable(),
        CompanyTable(),
        SourceTable(),
        TaskTable(watermark_topic(app_id)),
    )


def console_topics(app_id: str) -> frozenset[str]:
    """Return the topics that the console reads, with their names in the contract."""
    return ERASURE_TOPICS.union(*(one.topics for one in console_tables(app_id, b"")))
