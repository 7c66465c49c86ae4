"""The page "search": finds a lead, a hand-off or an account by what a person has at hand.

The text is posted and never part of a URL, because it may be an e-mail address. An address becomes a lead_id at once.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Final

from workers.console.page import Asked, Elsewhere, Page
from workers.console.shown_text import path_part
from workers.identity.addresses import BadAddressError, normalise, normalise_domain
from workers.identity.company_domains import SHIPPED
from workers.identity.lead_ids import lead_id_of
from workers.result_store.company_table import search_words

MOST_SHOWN: Final = 50
_LEAD_ID: Final = re.compile(r"[0-9a-f]{6}[0-9a-f-]{0,30}")
_ACCOUNT: Final = ("domain:", "crm:", "lead:")
_AFTER_HEX: Final = "g"
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was found. ``leads``: how many of its people have a score."""

    account_key: str
    name: str | None
    leads: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead that was found by the beginning of its id."""

    lead_id: str
    account_key: str
    stage: str


@dataclass(frozen=True, slots=True)
class Found:
    """The view of the page. ``asked``: the text of the search, empty before the first one."""

    asked: str
    accounts: tuple[Account, ...] = ()
    leads: tuple[Lead, ...] = ()


def load(connection: sqlite3.Connection, asked: Asked) -> Found | Elsewhere:
    """Search, or show the empty form. A single result is opened at once."""
    text = asked.form.get("q", "").strip()
    if not text:
        return Found("")
    if "@" in text:
        return _by_address(connection, text, asked.lead_id_key)
    if "#" in text:
        row = connection.execute("SELECT lead_id FROM handoffs WHERE handoff_id = ?", (text,)).fetchone()
        return _lead(row[0]) if row else Found(text)
    leads = _leads(connection, text.lower()) if _LEAD_ID.fullmatch(text.lower()) else ()
    accounts = _accounts(connection, text)
    if len(leads) == 1 and not accounts:
        return _lead(leads[0].lead_id)
    if len(accounts) == 1 and not leads:
        return Elsewhere(f"/accounts/{path_part(accounts[0].account_key)}")
    return Found(text, accounts, leads)


def _by_address(connection: sqlite3.Connection, text: str, key: bytes) -> Found | Elsewhere:
    try:
        lead_id = lead_id_of(normalise(text).email, key)
    except BadAddressError:
        return Found(text)
    known = connection.execute(
        """SELECT 1 FROM leads WHERE lead_id = :lead_id UNION ALL SELECT 1 FROM handoffs WHERE lead_id = :lead_id
        UNION ALL SELECT 1 FROM touches WHERE lead_id = :lead_id LIMIT 1""",
        {"lead_id": lead_id},
    ).fetchone()
    return _lead(lead_id) if known else Found(text)


def _lead(lead_id: str) -> Elsewhere:
    return Elsewhere(f"/leads/{path_part(lead_id)}")


def _leads(connection: sqlite3.Connection, prefix: str) -> tuple[Lead, ...]:
    return tuple(
        Lead(*row)
        for row in connection.execute(
            "SELECT lead_id, account_key, stage FROM leads WHERE lead_id >= ? AND lead_id < ? ORDER BY 1 LIMIT ?",
            (prefix, prefix + _AFTER_HEX, MOST_SHOWN),
        )
    )


def _accounts(connection: sqlite3.Connection, text: str) -> tuple[Account, ...]:
    """Return the accounts whose key the text is, whose domain it begins, or whose name has all its words."""
    keys: dict[str, None] = {}
    if text.startswith(_ACCOUNT):
        keys[text] = None
    domain = normalise_domain(text)
    company = domain and SHIPPED.of_address(domain)
    if company:
        keys[f"domain:{company}"] = None
    for prefix in (f"domain:{text.lower()}",):
        keys |= dict.fromkeys(_starting(connection, prefix))
    keys |= dict.fromkeys(_named(connection, search_words(text)))
    found = (_account(connection, key) for key in keys)
    return tuple(one for one in found if one is not None)[:MOST_SHOWN]


def _starting(connection: sqlite3.Connection, prefix: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT account_key FROM leads WHERE account_key >= ? AND account_key < ? ORDER BY 1 LIMIT ?",
        (prefix, prefix + _LAST, MOST_SHOWN),
    )
    return [key for (key,) in rows]


def _named(connection: sqlite3.Connection, words: list[str]) -> list[str]:
    """Return accounts with a name that has words beginning with all these words. Accounts with leads are first."""
    if not words:
        return []
    begins = " INTERSECT ".join(
        "SELECT account_key FROM company_words WHERE word >= ? AND word < ?" for _ in words
    )
    bounds = [bound for word in words for bound in (word, word + _LAST)]
    rows = connection.execute(
        f"""SELECT account_key FROM ({begins})
        ORDER BY account_key NOT IN (SELECT account_key FROM leads), account_key LIMIT ?""",  # noqa: S608 - only marks
        (*bounds, MOST_SHOWN),
    )
    return [key for (key,) in rows]


def _account(connection: sqlite3.Connection, account_key: str) -> Account | None:
    (leads,) = connection.execute(
        "SELECT count(*) FROM leads WHERE account_key = ?", (account_key,)
    ).fetchone()
    name = name_of(connection, account_key)
    return Account(account_key, name, leads) if leads or name else None


def name_of(connection: sqlite3.Connection, account_key: str) -> str | None:
    """Return the name of an account: the CRM's, else one that a person gave."""
    row = connection.execute(
        "SELECT name FROM companies WHERE account_key = ? ORDER BY source NOT LIKE 'crm:%', source LIMIT 1",
        (account_key,),
    ).fetchone()
    return str(row[0]) if row else None


PAGE: Final = Page(name="search", path="/search", title="Search", load=load, is_posted=True)
