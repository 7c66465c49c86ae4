"""The lookup key of a company name or a CRM id: the CRM accounts that have it, and the account keys that asked for it.

In: CRM records by their names and ids, questions of account keys. Out: an answer to each question at once, and again
whenever the answer changes, in chunks. No lead is ever stored under a lookup key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from schemas.account_links import NameAnswered
from schemas.topics import LEAD_EVENTS
from workers.accounts.account_keys.name_match import NO_MATCH, match_company
from workers.accounts.case import Case
from workers.accounts.state.parts import NamedAccount, NameMatch, NameQuery
from workers.engine.rows import Row
from workers.engine.timers import start_cursor
from workers.identity.crm_keys import NAME, lookup_id_of
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.account_links import NameAsked, NameDropped
    from schemas.lead_events import AccountFacts, AccountReleased
    from workers.accounts.rulebook.terms import Terms
    from workers.engine.api import Cursor, Emit
    from workers.engine.rows import Rows

NAMES: Final = "names"
"""Kind of the cursor over the askers of one name or id."""
ALL_NAMES: Final = "all-names"
"""Kind of the cursor over all askers of the partition, started by a new policy."""
KEYS_AT_ONCE: Final = 50
"""Most account keys that one step of a cursor answers."""
MOST_NAMED: Final = 100
"""Most CRM accounts of one name that are compared, lowest crm_account_id first."""
MOST_ASKERS: Final = 1_000
"""Most askers of one name or id that are stored. Any further asker gets its answer once, and no later change of it."""


class NamedAccountRow(Row, frozen=True):
    """A CRM account with this name or id: key (lookup key, crm_account_id). The CRM bounds their number."""

    prefix: ClassVar[str] = "named"
    account: NamedAccount


class AskerRow(Row, frozen=True):
    """An account key that asked for this name or id: key (lookup key, asker). At most 1000 per name or id."""

    prefix: ClassVar[str] = "waiter"
    asker: NameQuery
    told: NameMatch = NO_MATCH
    """Answer that was sent last."""


class AskerCountRow(Row, frozen=True):
    """The number of stored askers: key (lookup key). One row per name or id that was asked for."""

    prefix: ClassVar[str] = "waiting"
    count: int = 0


def add_account(case: Case, event: AccountFacts) -> None:
    """Record that a CRM account has this name or id, and answer the askers again."""
    account = event.account
    named = NamedAccount(
        crm_account_id=account.crm_account_id,
        primary_key=event.primary_key,
        country=account.country,
        postal_code=account.postal_code,
        phone=account.phone,
        domains=tuple(account.domains),
        relationship=account.relationship,
        has_open_opportunity=bool(account.open_opportunities),
    )
    row = NamedAccountRow(account=named)
    if case.rows.get(NamedAccountRow, case.key, named.crm_account_id) != row:
        case.rows.put(row, case.key, named.crm_account_id)
        _start_answering(case)


def remove_account(case: Case, event: AccountReleased) -> None:
    """Record that a CRM account no longer has this name or id, and answer the askers again."""
    if case.rows.get(NamedAccountRow, case.key, event.crm_account_id) is not None:
        case.rows.delete(NamedAccountRow, case.key, event.crm_account_id)
        _start_answering(case)


def answer_question(case: Case, event: NameAsked) -> None:
    """Answer an account key's question at once, and store the asker for later answers."""
    asker = NameQuery(event.country, event.postal_code, event.phone, event.domain)
    match = _find_match(case, asker)
    held = case.rows.get(AskerRow, case.key, event.asker_key)
    if held is None:
        waiting = case.rows.get(AskerCountRow, case.key) or AskerCountRow()
        if waiting.count < MOST_ASKERS:
            case.rows.put(AskerCountRow(count=waiting.count + 1), case.key)
            held = AskerRow(asker=asker)
    if held is not None:
        case.rows.put(AskerRow(asker=asker, told=match), case.key, event.asker_key)
    _publish_answer(case, event.asker_key, match)


def remove_asker(case: Case, event: NameDropped) -> None:
    """Delete an asker that has dropped its question."""
    if case.rows.get(AskerRow, case.key, event.asker_key) is None:
        return
    case.rows.delete(AskerRow, case.key, event.asker_key)
    waiting = case.rows.get(AskerCountRow, case.key) or AskerCountRow(count=1)
    case.rows.put(AskerCountRow(count=waiting.count - 1), case.key)


def answer_next(case: Case, position: str, limit: int) -> str | None:
    """Answer the next ``limit`` askers again. Return where to continue, or None at the end."""
    after = (case.key, position) if position else ()
    found = case.rows.scan(AskerRow, case.key, after=after, limit=limit)
    for (_, asker_key), row in found:
        answer_if_changed(case, asker_key, row)
    return found[-1][0][1] if len(found) == limit else None


def answer_if_changed(case: Case, asker_key: str, row: AskerRow) -> None:
    """Answer an asker again if the answer differs from the last one."""
    match = _find_match(case, row.asker)
    if match != row.told:
        case.rows.put(AskerRow(asker=row.asker, told=match), case.key, asker_key)
        _publish_answer(case, asker_key, match)


def start_answering_all(rows: Rows) -> None:
    """Start to answer all askers of the partition by a new policy, in chunks."""
    if rows.scan(AskerRow, limit=1):
        start_cursor(rows, ALL_NAMES, "all")


def answer_next_of_all(
    terms: Terms, rows: Rows, now_ms: int, cursor: Cursor, limit: int
) -> tuple[list[Emit], str | None]:
    """Answer the next ``limit`` of all askers by a new policy. Return the outputs and where to continue, or None."""
    after = tuple(cursor.position.split("\x00")) if cursor.position else ()
    found = rows.scan(AskerRow, after=after, limit=limit)
    emits: list[Emit] = []
    for (key, asker_key), row in found:
        case = Case(terms, rows, now_ms, key, fact_id(ALL_NAMES, terms.ref.hash, key))
        answer_if_changed(case, asker_key, row)
        emits += case.close()
    return emits, "\x00".join(found[-1][0]) if len(found) == limit else None


def _start_answering(case: Case) -> None:
    """Start to answer the askers of this name or id again, if there are any."""
    if case.rows.get(AskerCountRow, case.key) is not None:
        start_cursor(case.rows, NAMES, case.key)


def _find_match(case: Case, asker: NameQuery) -> NameMatch:
    """Return the CRM account that an asker means by this name or id."""
    named = [row.account for _, row in case.rows.scan(NamedAccountRow, case.key, limit=MOST_NAMED)]
    # The CRM itself names the id, so neither the policy nor other facts have to support the match.
    if lookup_id_of(case.key) is not None:
        return NameMatch(named[0].crm_account_id, named[0].primary_key) if named else NO_MATCH
    return match_company(case.terms.policy.matching_by_name, case.key.removeprefix(NAME), asker, named)


def _publish_answer(case: Case, asker_key: str, match: NameMatch) -> None:
    """Send NameAnswered to an asker."""
    by_id = lookup_id_of(case.key)
    event = NameAnswered(
        event_id=fact_id("name_answered", case.key, asker_key, case.event_id),
        account_key=asker_key,
        name=case.key.removeprefix(NAME) if by_id is None else "",
        asked_crm_account_id=by_id,
        crm_account_id=match.crm_account_id or None,
        primary_key=match.primary_key or None,
        is_unproven=match.is_unproven,
        candidates=list(match.candidates),
    )
    case.publish(LEAD_EVENTS, event)
