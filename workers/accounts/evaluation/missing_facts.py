"""Missing facts that keep a lead waiting: an alert asks for each, and is cleared when no lead waits for it any more.

In: an evaluated lead. Out: alerts, and the rows that record which are open. A fact of the company has one alert per
account, as long as a lead of the account waits for it. A fact of the person has one alert per lead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.vocabulary import Alert, Stage
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.rulebook.fit import Fit


class WantingRow(Row, frozen=True):
    """A lead waits for facts of its company: key (account, lead_id). One per lead at most."""

    prefix: ClassVar[str] = "wanting"


def ask_for_facts(hand: LeadInHand, fit: Fit) -> None:
    """Raise and clear the alerts for the facts that the lead and its account miss now."""
    case, lead_id = hand.case, hand.lead_id
    is_waiting = hand.lead.stage is Stage.WAITING_FOR_FACTS
    _set_waiting(hand, is_waiting=is_waiting and bool(fit.wanted_of_company))
    if case.account.wanted or hand.lead.wants_of_company:
        _ask_of_company(case, fit, is_waiting=hand.lead.wants_of_company)
    wanted = fit.wanted_of_person if is_waiting else ()
    lead = hand.lead
    if wanted == lead.wanted:
        return
    for fact in lead.wanted:
        if fact not in wanted:
            case.clear_alert(Alert.FACT_WANTED, _of_person(lead_id, fact))
    for fact in wanted:
        if fact not in lead.wanted:
            case.raise_alert(Alert.FACT_WANTED, _of_person(lead_id, fact), lead_id=lead_id, fact=fact)
    hand.change(wanted=wanted)


def stop_asking(hand: LeadInHand) -> None:
    """Clear the alerts of a lead that is no longer stored here, and of its account if no other lead waits."""
    for fact in hand.lead.wanted:
        hand.case.clear_alert(Alert.FACT_WANTED, _of_person(hand.lead_id, fact))
    _set_waiting(hand, is_waiting=False)


def _set_waiting(hand: LeadInHand, *, is_waiting: bool) -> None:
    """Record whether the lead waits for facts of its company. The account's alerts end with the last such lead."""
    case, lead_id = hand.case, hand.lead_id
    if is_waiting is hand.lead.wants_of_company:
        return
    hand.change(wants_of_company=is_waiting)
    if is_waiting:
        case.rows.put(WantingRow(), case.key, lead_id)
        return
    case.rows.delete(WantingRow, case.key, lead_id)
    if not case.rows.scan(WantingRow, case.key, limit=1):
        for fact in case.account.wanted:
            case.clear_alert(Alert.FACT_WANTED, fact)
        case.change(wanted=())


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
