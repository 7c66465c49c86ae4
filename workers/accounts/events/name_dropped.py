"""An account key no longer asks for this company name or id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_index

if TYPE_CHECKING:
    from schemas.account_links import NameDropped
    from workers.accounts.case import Case


def handle(case: Case, event: NameDropped) -> None:
    """Delete the asking key from the askers."""
    name_index.remove_asker(case, event)
