"""Facts that keep somebody waiting: an alert for each asks for it, and is taken back when nobody waits for it any more.

In: a lead as judged. Out: alerts, and what the rows remember of them. A fact of the company is asked for once per
account, as long as anybody of it waits for it; a fact of the person once per lead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from schemas.vocabulary import Alert, Stage
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.state.lead import LeadRow


class WantingRow(Row, frozen=True):
    """A lead waits for facts of its company: key (account, lead_id). One per lead at most."""

    prefix: ClassVar[str] = "wanting"


def ask_for_facts(case: Case, lead_id: str, lead: LeadRow, fit: Fit) -> LeadRow:
    """Return the lead with the facts that are asked for now."""
    is_waiting = lead.stage is Stage.WAITING_FOR_FACTS
    lead = _waits_for_company(case, lead_id, lead, waits=is_waiting and bool(fit.wanted_of_company))
    if case.account.wanted or lead.wants_of_company:
        _ask_of_company(case, fit, is_waiting=lead.wants_of_company)
    wanted = fit.wanted_of_person if is_waiting else ()
    if wanted == lead.wanted:
        return lead
    for fact in lead.wanted:
        if fact not in wanted:
            case.clear_alert(Alert.FACT_WANTED, _of_person(lead_id, fact))
    for fact in wanted:
        if fact not in lead.wanted:
            case.raise_alert(Alert.FACT_WANTED, _of_person(lead_id, fact), lead_id=lead_id, fact=fact)
    return replace(lead, wanted=wanted)


def stop_asking(case: Case, lead_id: str, lead: LeadRow) -> None:
    """Take back what is asked for a lead that lives here no more, and for its account where nobody else waits."""
    for fact in lead.wanted:
        case.clear_alert(Alert.FACT_WANTED, _of_person(lead_id, fact))
    _waits_for_company(case, lead_id, lead, waits=False)


def _waits_for_company(case: Case, lead_id: str, lead: LeadRow, *, waits: bool) -> LeadRow:
    """Return the lead as one that waits for facts of its company or does not; with the last of them nobody asks."""
    if waits is lead.wants_of_company:
        return lead
    if waits:
        case.rows.put(WantingRow(), case.key, lead_id)
        return replace(lead, wants_of_company=True)
    case.rows.delete(WantingRow, case.key, lead_id)
    if not case.rows.scan(WantingRow, case.key, limit=1):
        for fact in case.account.wanted:
            case.clear_alert(Alert.FACT_WANTED, fact)
        case.change(wanted=())
    return replace(lead, wants_of_company=False)


def _ask_of_company(case: Case, fit: Fit, *, is_waiting: bool) -> None:
    held = case.account.wanted
    for fact in held:
        if fact not in fit.wanted_of_company:
            case.clear_alert(Alert.FACT_WANTED, fact)
    wanted = [fact for fact in held if fact in fit.wanted_of_company]
    for fact in fit.wanted_of_company if is_waiting else ():
        if fact not in held:
            case.raise_alert(Alert.FACT_WANTED, fact, fact=fact)
            wanted.append(fact)
    if tuple(wanted) != held:
        case.change(wanted=tuple(wanted))


def _of_person(lead_id: str, fact: str) -> str:
    return f"{lead_id} {fact}"
