"""The models of the result topics in one place, as the hops import them. Each topic has its own module."""

from __future__ import annotations

from schemas.base import Output
from schemas.chat_answers import ChatAnswer
from schemas.dead_letter_actions import LetterAction
from schemas.dead_letters import DeadLetter
from schemas.desk_ledger import LedgerCandidate, LedgerEntry, LedgerEntryType
from schemas.lead_alerts import LeadAlert, Signal
from schemas.lead_routing import Assignee, BuyingGroup, Colleague, EarlierRoute, LeadRouting, Person, Touch
from schemas.lead_scores import LeadScore
from schemas.lead_stages import LeadStage, StageWords

__all__ = [
    "Assignee",
    "BuyingGroup",
    "ChatAnswer",
    "Colleague",
    "DeadLetter",
    "EarlierRoute",
    "LeadAlert",
    "LeadRouting",
    "LeadScore",
    "LeadStage",
    "LedgerCandidate",
    "LedgerEntry",
    "LedgerEntryType",
    "LetterAction",
    "Output",
    "Person",
    "Signal",
    "StageWords",
    "Touch",
]
