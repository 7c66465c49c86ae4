"""Data about people in the rows: the one list from which docs/architecture.md is made.

Each key is the package and the class of a row type. Row types that are in none of the lists hold no data about people.
tests/unit/house/test_personal_data.py compares the lists with the fields of the rows and with rows of a replay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ADDRESSES: Final[Mapping[str, str]] = {
    "accounts.LeadRow": "the e-mail address",
}
"""Row types that hold a person's e-mail address."""
FACTS: Final[Mapping[str, str]] = {
    "accounts.LeadRow": "names, title, company, phone and postal code of the person",
    "accounts.AccountRow": "company name, phone and postal code that a lead gave",
    "accounts.AskerRow": "phone, postal code and mail domain that a lead gave with a company name",
    "accounts.PlacementRow": "company name and country that a lead gave",
    "directory.ContactVersionRow": "names, title and phone of the person, from the CRM",
    "visitors.HistoryRow": "form or chat turn of a visitor without its address, and its URL",
}
"""Row types that hold facts about a lead or a visitor, other than an address."""
IDS: Final[Mapping[str, str]] = {
    "accounts.AccountRow": "lead_ids",
    "accounts.ActiveRow": "lead_ids",
    "accounts.AlertRow": "lead_id",
    "accounts.BulkTransferRow": "lead_id",
    "accounts.ClosedHandoffRow": "lead_id",
    "accounts.ConsentRow": "lead_id in the key",
    "accounts.HandoffRow": "lead_id",
    "accounts.LeadRow": "lead_id in the key",
    "accounts.MovedRow": "lead_id in the key",
    "accounts.NumbersRow": "lead_id in the key",
    "accounts.PendingRow": "lead_id in the key",
    "accounts.PlaceRow": "lead_id in the key",
    "accounts.PlacementRow": "lead_id in the key",
    "accounts.ScoreRow": "lead_id in the key",
    "accounts.ServiceRow": "lead_id",
    "accounts.SignalsRow": "lead_ids",
    "accounts.TouchesRow": "lead_id in the key",
    "accounts.WantingRow": "lead_id in the key",
    "desks.AnswerRow": "lead_id",
    "desks.WaitingRow": "lead_id",
    "directory.ContactVersionRow": "lead_id in the key",
    "directory.LetterRow": "lead_id in the key",
    "engine.CursorRow": "lead_id in some keys",
    "engine.TimerRow": "lead_id in some keys",
    "engine.TimerSlotRow": "lead_id in some keys",
    "identity.ErasedRow": "lead_id in the key",
    "visitors.BrowserRow": "lead_id and browser id in the key",
    "visitors.PersonRow": "lead_id in the key",
    "visitors.VisitorRow": "lead_ids; browser id in the key",
}
"""Row types that hold a lead_id. It identifies a person only together with the secret LEAD_ROUTER_LEAD_ID_KEY."""
REPS: Final[Mapping[str, str]] = {
    "accounts.AccountRow": "name of the rep",
    "accounts.BulkTransferRow": "name of the rep",
    "accounts.HandoffRow": "name of the rep",
    "desks.AnswerRow": "name of the rep",
    "desks.RepRow": "name, hours and absences of the rep",
    "directory.RepVersionRow": "name, hours and absences of the rep",
}
"""Row types that hold more about a rep than the rep_id."""


def personal_data_of(name: str) -> str:
    """Return the data about people in a row type, as text. Empty if it holds none."""
    return "; ".join(kinds[name] for kinds in (ADDRESSES, FACTS, IDS, REPS) if name in kinds)
