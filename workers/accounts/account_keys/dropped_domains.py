"""Alerts about domains of a CRM account that identify no company.

In: the CRM record of the account before and now, at the record's own key. Out: an alert for each dropped domain, cleared
when the record has it no longer or the domain is used. Which domains are dropped is decided in the directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Alert

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.facts import ClaimRow, Dropped


def report_dropped_domains(
    case: Case, crm_account_id: str, before: ClaimRow | None, now: ClaimRow | None
) -> None:
    """Raise an alert for each domain that is dropped now, and clear those of domains that are not dropped any more."""
    old, new = (() if claim is None else claim.dropped for claim in (before, now))
    for one in old:
        if one not in new:
            case.clear_alert(Alert.DOMAIN_DROPPED, _subject_of(one))
    for one in new:
        case.raise_alert(
            Alert.DOMAIN_DROPPED,
            _subject_of(one),
            crm_account_id=crm_account_id,
            domain=one.domain or None,
            domain_use=one.use,
        )


def _subject_of(dropped: Dropped) -> str:
    """Return what the alert is about. Another reason for the same domain is another alert."""
    return f"{dropped.use} {dropped.domain}"
