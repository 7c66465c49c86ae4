"""Leads of a domain that several CRM accounts claim: each is stored under the key of its own account.

In: facts about leads and changed claims, at the domain's key. Out: the key to which a fact goes, leads that are sent to
another key or called back, alerts. Which account a lead belongs to is decided in shared_domains.py.

The domain's key D keeps the leads of the claim that holds there, and those without an account. It sends each other lead
to the key P of its account, and remembers that (PlacementRow). Each arrow is a record in the log of the key on its right:

    D -> crm:<id>   AccountApart    whether the account's people are stored at its own key, or at the domain
    D -> P          LeadAdopted     the lead, then each later record about it, with D as origin_account_key
    D -> P          LeadRecalled    the lead's account is another one now
    P -> D          LeadAdopted     the lead. D chooses its account again, and sends it on or keeps it

Until a recalled lead is back, D sends its records to P. P has sent the lead by then, and sends them after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec.structs import replace

from schemas.account_links import AccountApart, LeadRecalled
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Alert, DomainUse
from workers.accounts.account_keys.aliases import LEADS
from workers.accounts.account_keys.lead_transfer import send_lead
from workers.accounts.account_keys.parents import send_parent_owner
from workers.accounts.account_keys.shared_domains import (
    FACTS,
    NO_EVIDENCE,
    Evidence,
    choose_claim,
    home_of,
    narrow_claims,
)
from workers.accounts.case import LeadInHand
from workers.accounts.handoffs import open_index
from workers.accounts.handoffs.alias_members import JoinedRow
from workers.accounts.handoffs.queue import first_due
from workers.accounts.handoffs.transfer_payload import unpack_row
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.facts import ClaimRow, Fact
from workers.accounts.state.lead import LeadRow, PlaceRow
from workers.accounts.worth.facts import merge_facts
from workers.engine.rows import Row
from workers.engine.timers import start_cursor
from workers.identity.crm_keys import crm_key
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case

PLACEMENTS: Final = "placements"
"""Kind of the cursor over the leads of a shared domain that are stored under other keys."""
MOST_CLAIMS: Final = 100
"""Most claims of one key that are compared, lowest crm_account_id first."""
_MOST_CANDIDATES: Final = 10
_SUBJECT: Final = "domain"
"""Subject of the alert that several accounts could be meant."""


class PlacementRow(Row, frozen=True):
    """A lead of this domain that is stored under the key of its account: key (account, lead_id). One per such lead."""

    prefix: ClassVar[str] = "placement"
    to: str
    """Account key under which the lead is stored."""
    origin: str = ""
    """Alias of this key from which the person's records come. Empty: they come to this key directly."""
    contact_id: str = ""
    """The crm_account_id that the CRM's contact record names. Empty: it names none."""
    facts: tuple[Fact, ...] = ()
    """Company name and country that the person gave. At most 2."""
    is_recalled: bool = False
    """Whether the lead was called back and has not arrived yet."""
    leaving_to: str = ""
    """Key to which the lead is sent when it is back. Empty: its account is chosen again."""


def list_claims(case: Case) -> list[ClaimRow]:
    """Return the claims of this key, by crm_account_id. At most 100."""
    return [row for _, row in case.rows.scan(ClaimRow, case.key, limit=MOST_CLAIMS)]


def find_destination(case: Case, fact: Any) -> str | None:
    """Return the key to which a fact about a lead of a shared domain is sent. None: the usual rules apply."""
    account = case.account
    if not account.is_shared and not account.placements:
        return None
    row = case.rows.get(PlacementRow, case.key, fact.lead_id)
    if row is not None and not _has_returned(fact, row):
        return _follow(case, fact, row)
    if row is not None:
        delete_placement(case, fact.lead_id)
        alias = case.rows.get(JoinedRow, case.key, row.origin) if row.origin else None
        if row.leaving_to or (alias is not None and alias.gone_to):
            return row.leaving_to or (alias.gone_to if alias is not None else "")
    if not account.is_shared or account.forwards_to:
        return None
    made = _with_fact(row or _known(case, fact), fact)
    to = _choose_key(case, fact.lead_id, made)
    if to == case.key:
        return None
    _put_placement(case, fact.lead_id, replace(made, to=to, is_recalled=False, leaving_to=""))
    return to


def delete_placement(case: Case, lead_id: str) -> None:
    """Forget that a lead is stored under another key."""
    if case.rows.get(PlacementRow, case.key, lead_id) is not None:
        case.rows.delete(PlacementRow, case.key, lead_id)
        case.change(placements=case.account.placements - 1)


def recall_lead(case: Case, event: LeadRecalled) -> None:
    """Send a lead back to the domain's key that called it back. A lead that was sent already is on its way."""
    lead = case.rows.get(LeadRow, case.key, event.lead_id)
    if lead is not None:
        send_lead(LeadInHand(case, event.lead_id, lead), event.to_account_key, is_placed=True)
        return
    row = case.rows.get(PlacementRow, case.key, event.lead_id)
    if row is not None:
        _recall(case, event.lead_id, replace(row, leaving_to=event.to_account_key))


def recall_next(case: Case, position: str, limit: int) -> str | None:
    """Choose the account of the next ``limit`` leads again, and call back those with another one."""
    found = case.rows.scan(
        PlacementRow, case.key, after=(case.key, position) if position else (), limit=limit
    )
    for (_, lead_id), row in found:
        _review(case, lead_id, row)
    return found[-1][0][1] if len(found) == limit else None


def send_if_elsewhere(case: Case, lead_id: str, lead: LeadRow) -> bool:
    """Send a lead of a shared domain to the key of its account. Return False if it stays."""
    if not case.account.is_shared or case.account.forwards_to:
        return False
    made = _of_lead(lead)
    to = _choose_key(case, lead_id, made)
    if to in {case.key, lead.home}:  # an alias that leaves takes its own leads along
        return False
    _put_placement(case, lead_id, replace(made, to=to))
    send_lead(LeadInHand(case, lead_id, lead), to, is_placed=True)
    return True


def review_claims(case: Case, released: str = "") -> None:
    """Bring the domain's leads in line with its claims. ``released``: the crm_account_id of a claim that has ended.

    Leads that a desk or a rep is asked about are sent at once, all others in chunks.
    """
    if not case.key.startswith("domain:"):
        return
    claims = list_claims(case)
    account = case.account
    is_shared = len(claims) > 1
    if not (is_shared or account.is_shared or account.placements):
        return
    case.change(is_shared=is_shared)
    holds = choose_claim(claims, case.key) if is_shared else None
    _report_tie(case, _tie_of(claims, case.key) if is_shared else ())
    for claim in claims:
        _announce(case, claim, holds, is_shared=is_shared)
    if released:
        case.clear_alert(Alert.DOMAIN_DROPPED, f"claim {released}")
    start_review(case)


def end_apart(case: Case, claim: ClaimRow | None, now: ClaimRow | None = None) -> None:
    """Notify the record's own key that this domain no longer keeps its people apart, because the claim has ended."""
    if claim is not None and claim.is_apart and (now is None or now.primary_key != claim.primary_key):
        _publish_apart(case, claim.company.crm_account_id, is_apart=False)


def send_urgent(case: Case) -> None:
    """Send the leads of a shared domain that have open hand-offs or are first in the queue, if they belong elsewhere."""
    if not case.account.is_shared or case.account.forwards_to:
        return
    if not open_index.is_large(case):
        for lead_id in {row.lead_id: None for _, row in open_index.open_rows(case)}:
            send_if_elsewhere(case, lead_id, case.lead(lead_id))
    for _ in range(case.terms.most_at_once):
        first = first_due(case)
        if first is None or not send_if_elsewhere(case, first[1], case.lead(first[1])):
            return


def start_review(case: Case) -> None:
    """Start to choose the account of each lead again, in chunks."""
    if case.account.is_shared or case.account.placements:
        start_cursor(case.rows, LEADS, case.key)
        start_cursor(case.rows, PLACEMENTS, case.key)


def _has_returned(fact: Any, row: PlacementRow) -> bool:
    """Whether a fact brings a lead back. A recalled lead may come from a key to which its account sent it on."""
    return bool(fact.type == "lead_adopted" and (row.is_recalled or fact.origin_account_key == row.to))


def _follow(case: Case, fact: Any, row: PlacementRow) -> str:
    """Record what a fact states about a lead that is stored elsewhere. Return where it is stored."""
    made = _with_fact(row, fact)
    if made != row:
        case.rows.put(made, case.key, fact.lead_id)
        _review(case, fact.lead_id, made)
    return row.to


def _review(case: Case, lead_id: str, row: PlacementRow) -> None:
    """Call a lead back if it belongs to another account now."""
    if row.is_recalled:
        return
    alias = case.rows.get(JoinedRow, case.key, row.origin) if row.origin else None
    is_gone = not case.account.is_shared or (alias is not None and bool(alias.gone_to))
    if is_gone or _choose_key(case, lead_id, row) != row.to:
        _recall(case, lead_id, row)


def _recall(case: Case, lead_id: str, row: PlacementRow) -> None:
    if not row.is_recalled:
        event = LeadRecalled(
            event_id=fact_id("recalled", case.key, row.to, lead_id, case.event_id),
            account_key=row.to,
            lead_id=lead_id,
            to_account_key=case.key,
        )
        case.publish(LEAD_EVENTS, event)
    case.rows.put(replace(row, is_recalled=True), case.key, lead_id)


def _choose_key(case: Case, lead_id: str, row: PlacementRow) -> str:
    """Return the key under which a lead is stored. Report a lead for which several accounts are left."""
    claims = list_claims(case)
    alias = case.rows.get(JoinedRow, case.key, row.origin) if row.origin else None
    evidence = Evidence(row.contact_id, alias.crm_account_id if alias is not None else "", row.facts)
    claim = choose_claim(claims, case.key, evidence)
    if claim is None:
        _report_tie(case, _tie_of(claims, case.key), lead_id)
        return case.key
    return home_of(claim, case.key, choose_claim(claims, case.key))


def _known(case: Case, fact: Any) -> PlacementRow:
    """Return what is known of a lead before a fact."""
    if fact.type == "lead_adopted":
        return _of_lead(unpack_row(fact.lead, LeadRow))
    return _of_lead(case.lead(fact.lead_id))


def _of_lead(lead: LeadRow) -> PlacementRow:
    contact_id = lead.contact.account_id if lead.contact is not None else None
    facts = tuple(one for one in lead.facts if one.name in FACTS)
    return PlacementRow(to="", origin=lead.home, contact_id=contact_id or "", facts=facts)


def _with_fact(row: PlacementRow, fact: Any) -> PlacementRow:
    """Return what is known of a lead with what a fact states."""
    if fact.type == "lead_contact":
        named = fact.record.crm_account_id if fact.record is not None else None
        row = replace(row, contact_id=named or "")
    elif fact.type == "lead_form":
        stated = ((name, (getattr(fact, name) or "").strip()) for name in FACTS)
        facts = [Fact(name, value, fact.occurred_at_ms) for name, value in stated if value]
        row = replace(row, facts=merge_facts(row.facts, facts))
    origin = fact.home_account_key if fact.type == "lead_adopted" else fact.origin_account_key
    return replace(row, origin="" if origin in {None, fact.account_key} else origin)


def _put_placement(case: Case, lead_id: str, row: PlacementRow) -> None:
    if case.rows.get(PlacementRow, case.key, lead_id) is None:
        case.change(placements=case.account.placements + 1)
        case.rows.put(PlaceRow(), lead_id, case.key)
    case.rows.put(row, case.key, lead_id)


def _announce(case: Case, claim: ClaimRow, holds: ClaimRow | None, *, is_shared: bool) -> None:
    """Notify the record's own key whether its people are stored there. Report a domain that belongs to another account."""
    crm_account_id = claim.company.crm_account_id
    is_other = is_shared and claim is not holds
    subject = f"claim {crm_account_id}"
    if is_other:
        domain = case.key.removeprefix("domain:")
        use = DomainUse.OTHER_ACCOUNT
        about = {"crm_account_id": crm_account_id, "domain": domain, "domain_use": use}
        case.raise_alert(Alert.DOMAIN_DROPPED, subject, **about)  # type: ignore[arg-type]
    else:
        case.clear_alert(Alert.DOMAIN_DROPPED, subject)
    if claim.primary_key != case.key or claim.is_apart == is_other:
        return
    case.rows.put(replace(claim, is_apart=is_other), case.key, crm_account_id)
    _publish_apart(case, crm_account_id, is_apart=is_other)
    if is_other:
        send_parent_owner(case, crm_account_id, crm_key(crm_account_id))


def _publish_apart(case: Case, crm_account_id: str, *, is_apart: bool) -> None:
    """Send AccountApart to the record's own key."""
    own_key = crm_key(crm_account_id)
    event = AccountApart(
        event_id=fact_id("apart", case.key, own_key, case.event_id),
        account_key=own_key,
        from_account_key=case.key,
        is_apart=is_apart,
    )
    case.publish(LEAD_EVENTS, event)


def _tie_of(claims: list[ClaimRow], key: str) -> tuple[str, ...]:
    """Return the accounts that are left for a person of whom only the domain is known. Empty: one is left."""
    left = narrow_claims(claims, key, NO_EVIDENCE)
    ids = sorted(one.company.crm_account_id for one in left)
    return tuple(ids[:_MOST_CANDIDATES]) if len(ids) > 1 else ()


def _report_tie(case: Case, tie: tuple[str, ...], lead_id: str | None = None) -> None:
    """Raise the alert that several accounts could be meant, for a first lead, and keep its candidates up to date."""
    row = case.rows.get(AlertRow, case.key, fact_id(Alert.COMPANY_AMBIGUOUS, case.key, _SUBJECT))
    if row is not None and row.candidates != tie:
        case.clear_alert(Alert.COMPANY_AMBIGUOUS, _SUBJECT)
    lead_id = lead_id or (row.lead_id if row is not None else None)
    if tie and lead_id is not None:
        case.raise_alert(Alert.COMPANY_AMBIGUOUS, _SUBJECT, lead_id=lead_id, candidates=tie)
