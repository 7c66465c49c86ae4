"""The key of a company name or an id: which accounts of the CRM have it, and who asks for it and waits for one to appear.

In: CRM records by their names and ids, questions of accounts that somebody said to belong to a company of this name, or
that the CRM's contact says so. Out: an answer to each question at once, and again whenever it would be another one, in
chunks. Nobody lives at such a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from schemas.account_links import NameAnswered
from schemas.topics import LEAD_EVENTS
from workers.accounts.account_keys.name_match import NOBODY, decide
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
"""The cursor over those who asked for a name."""
ALL_NAMES: Final = "all-names"
"""The cursor over all who asked for any: a new policy may answer otherwise."""
KEYS_AT_ONCE: Final = 50
"""Account keys that one step of a cursor answers."""
MOST_NAMED: Final = 100
"""Accounts of one name that are compared, those with the lowest ids."""
MOST_WAITING: Final = 1_000
"""Askers of one name who are remembered; one more is answered and not told later."""


class NamedRow(Row, frozen=True):
    """An account of the CRM with this name or id: key (lookup key, crm_account_id). As many as the CRM has."""

    prefix: ClassVar[str] = "named"
    account: NamedAccount


class WaiterRow(Row, frozen=True):
    """An account key that asked for this name or id: key (lookup key, asker). At most 1000 a name or id."""

    prefix: ClassVar[str] = "waiter"
    asker: NameQuery
    told: NameMatch = NOBODY
    """The last answer."""


class WaitingRow(Row, frozen=True):
    """How many wait at this name. One row a name that anybody asked for."""

    prefix: ClassVar[str] = "waiting"
    count: int = 0


def add_account(case: Case, event: AccountFacts) -> None:
    """A CRM record has this name."""
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
    row = NamedRow(account=named)
    if case.rows.get(NamedRow, case.key, named.crm_account_id) != row:
        case.rows.put(row, case.key, named.crm_account_id)
        _start_answering(case)


def remove_account(case: Case, event: AccountReleased) -> None:
    """A CRM record has this name no more."""
    if case.rows.get(NamedRow, case.key, event.crm_account_id) is not None:
        case.rows.delete(NamedRow, case.key, event.crm_account_id)
        _start_answering(case)


def answer_question(case: Case, event: NameAsked) -> None:
    """Somebody is said to belong to a company of this name: answered at once, and remembered."""
    asker = NameQuery(event.country, event.postal_code, event.phone, event.domain)
    verdict = _decide(case, asker)
    held = case.rows.get(WaiterRow, case.key, event.asker_key)
    if held is None:
        waiting = case.rows.get(WaitingRow, case.key) or WaitingRow()
        if waiting.count < MOST_WAITING:
            case.rows.put(WaitingRow(count=waiting.count + 1), case.key)
            held = WaiterRow(asker=asker)
    if held is not None:
        case.rows.put(WaiterRow(asker=asker, told=verdict), case.key, event.asker_key)
    _answer(case, event.asker_key, verdict)


def remove_asker(case: Case, event: NameDropped) -> None:
    """Who asked belongs elsewhere, or is no more."""
    if case.rows.get(WaiterRow, case.key, event.asker_key) is None:
        return
    case.rows.delete(WaiterRow, case.key, event.asker_key)
    waiting = case.rows.get(WaitingRow, case.key) or WaitingRow(count=1)
    case.rows.put(WaitingRow(count=waiting.count - 1), case.key)


def answer_next(case: Case, position: str, limit: int) -> str | None:
    """Answer at most ``limit`` of those who wait behind ``position`` anew; return where to go on, or None."""
    after = (case.key, position) if position else ()
    found = case.rows.scan(WaiterRow, case.key, after=after, limit=limit)
    for (_, asker_key), row in found:
        answer_if_changed(case, asker_key, row)
    return found[-1][0][1] if len(found) == limit else None


def answer_if_changed(case: Case, asker_key: str, row: WaiterRow) -> None:
    """Answer one who waits, where the answer is another one than the last."""
    verdict = _decide(case, row.asker)
    if verdict != row.told:
        case.rows.put(WaiterRow(asker=row.asker, told=verdict), case.key, asker_key)
        _answer(case, asker_key, verdict)


def start_answering_all(rows: Rows) -> None:
    """A new policy: everybody who waits is answered by it, in chunks."""
    if rows.scan(WaiterRow, limit=1):
        start_cursor(rows, ALL_NAMES, "all")


def answer_next_of_all(
    terms: Terms, rows: Rows, now_ms: int, cursor: Cursor, limit: int
) -> tuple[list[Emit], str | None]:
    """Answer at most ``limit`` of all who wait anew, by the policy of ``terms``; return where to go on."""
    after = tuple(cursor.position.split("\x00")) if cursor.position else ()
    found = rows.scan(WaiterRow, after=after, limit=limit)
    emits: list[Emit] = []
    for (key, asker_key), row in found:
        case = Case(terms, rows, now_ms, key, fact_id(ALL_NAMES, terms.ref.hash, key))
        answer_if_changed(case, asker_key, row)
        emits += case.close()
    return emits, "\x00".join(found[-1][0]) if len(found) == limit else None


def _start_answering(case: Case) -> None:
    if case.rows.get(WaitingRow, case.key) is not None:
        start_cursor(case.rows, NAMES, case.key)


def _decide(case: Case, asker: NameQuery) -> NameMatch:
    named = [row.account for _, row in case.rows.scan(NamedRow, case.key, limit=MOST_NAMED)]
    if (
        lookup_id_of(case.key) is not None
    ):  # the CRM's own word: nothing has to agree beside it, and no policy is asked
        return NameMatch(named[0].crm_account_id, named[0].primary_key) if named else NOBODY
    matching = case.terms.policy.matching
    policy = None if matching is None else matching.company_name
    return decide(policy, case.key.removeprefix(NAME), asker, named)


def _answer(case: Case, asker_key: str, verdict: NameMatch) -> None:
    by_id = lookup_id_of(case.key)
    event = NameAnswered(
        event_id=fact_id("name_answered", case.key, asker_key, case.event_id),
        account_key=asker_key,
        name=case.key.removeprefix(NAME) if by_id is None else "",
        asked_crm_account_id=by_id,
        crm_account_id=verdict.crm_account_id or None,
        primary_key=verdict.primary_key or None,
        is_unproven=verdict.is_unproven,
        candidates=list(verdict.candidates),
    )
    case.publish(LEAD_EVENTS, event)
