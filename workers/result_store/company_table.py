"""Names of companies and their words, for the search: from the CRM's accounts and from hand-offs."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from schemas.topics import CRM_ACCOUNTS, LEAD_ROUTING
from workers.engine.api import Record
from workers.identity.addresses import normalise_domain
from workers.identity.company_domains import SHIPPED
from workers.identity.text_folding import fold, words_of
from workers.result_store.projection import is_erased, ms_of

_LONGEST_WORD: Final = 40
_MOST_WORDS: Final = 20


class _Account(msgspec.Struct, frozen=True):
    crm_account_id: str
    name: object = None
    other_names: object = None
    domains: object = None


class _Person(msgspec.Struct, frozen=True):
    company: str | None = None


class _Handoff(msgspec.Struct, frozen=True):
    lead_id: str
    account_key: str
    occurred_at: str
    person: _Person | None = None


class CompanyTable:
    """The projection of names. ``source`` is the CRM's account id with a prefix, or the lead_id of the person who gave the name."""

    name = "companies"
    topics = frozenset({CRM_ACCOUNTS.name, LEAD_ROUTING.name})
    statements = (
        """CREATE TABLE companies (
            account_key TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, at_ms INTEGER NOT NULL,
            PRIMARY KEY (account_key, source)) WITHOUT ROWID""",
        "CREATE INDEX companies_by_source ON companies (source)",
        """CREATE TABLE company_words (
            word TEXT NOT NULL, account_key TEXT NOT NULL, source TEXT NOT NULL,
            PRIMARY KEY (word, account_key, source)) WITHOUT ROWID""",
        "CREATE INDEX company_words_by_source ON company_words (source)",
    )

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store the names of an account, or the company that a hand-off names. A deleted account loses its names."""
        if record.topic == LEAD_ROUTING.name:
            self._apply_handoff(connection, record)
            return
        if record.value is None:
            self._delete(connection, f"crm:{(record.key or b'').decode()}")
            return
        read = msgspec.json.decode(record.value, type=_Account)
        account_id = read.crm_account_id.strip()
        source = f"crm:{account_id}"
        self._delete(connection, source)
        names = [read.name, *(read.other_names if isinstance(read.other_names, list) else [])]
        texts = [one.strip() for one in names if isinstance(one, str) and one.strip()]
        if texts:
            for account_key in {source, *_keys_of(read.domains)}:
                self._write(connection, account_key, source, texts, record.timestamp_ms)

    def _apply_handoff(self, connection: sqlite3.Connection, record: Record) -> None:
        if record.value is None:
            return
        read = msgspec.json.decode(record.value, type=_Handoff)
        at_ms = ms_of(read.occurred_at)
        if read.person and read.person.company and not is_erased(connection, read.lead_id, at_ms):
            self._delete(connection, read.lead_id)
            self._write(connection, read.account_key, read.lead_id, [read.person.company], at_ms)

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete the name that the person gave."""
        self._delete(connection, lead_id)

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete older names that people gave. The CRM deletes its own."""
        old = connection.execute(
            "SELECT DISTINCT source FROM companies WHERE at_ms < ? AND source NOT LIKE 'crm:%'", (before_ms,)
        ).fetchall()
        for (source,) in old:
            self._delete(connection, source)

    def _write(
        self, connection: sqlite3.Connection, account_key: str, source: str, names: list[str], at_ms: int
    ) -> None:
        connection.execute(
            "REPLACE INTO companies VALUES (?, ?, ?, ?)", (account_key, source, names[0], at_ms)
        )
        found = {word for name in names for word in search_words(name)}
        connection.executemany(
            "REPLACE INTO company_words VALUES (?, ?, ?)",
            [(word, account_key, source) for word in sorted(found)],
        )

    def _delete(self, connection: sqlite3.Connection, source: str) -> None:
        connection.execute("DELETE FROM companies WHERE source = ?", (source,))
        connection.execute("DELETE FROM company_words WHERE source = ?", (source,))


def search_words(name: str) -> list[str]:
    """Return the words of a name as they are searched: lower case, without accents. At most 20."""
    return [word[:_LONGEST_WORD] for word in words_of(fold(name))][:_MOST_WORDS]


def _keys_of(domains: object) -> list[str]:
    texts = [domains] if isinstance(domains, str) else domains if isinstance(domains, list) else []
    found = (normalise_domain(one) for one in texts if isinstance(one, str))
    companies = (SHIPPED.of_address(one) for one in found if one)
    return [f"domain:{one}" for one in companies if one]
