"""How many accounts get another policy with the next step of a canary, counted from the rows of the accounts.

In: the changelog of the accounts hop, from its beginning. Out: a sentence for the operator. It writes nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from workers.accounts.routing.canary_accounts import Trial, members_of, with_other_policy
from workers.accounts.state.account import AccountRow
from workers.commands.policy_canary import running_canary
from workers.commands.publication import held_policy
from workers.commands.topic_records import read_topics
from workers.engine.access_errors import ACCESS_ERRORS
from workers.engine.context import changelog_topic
from workers.engine.rows import SEP, decode

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Accounts
    from workers.commands.publication import Publication
    from workers.engine.api import Config
    from workers.settings import Settings

_WITHIN_S: Final = 60.0
"""How long the command counts. Seconds."""
_PREFIX: Final = AccountRow.prefix.encode() + SEP


class AccountCount:
    """The accounts of an installation, and those that get another policy. Aliases of an account do not count."""

    def __init__(self, is_concerned: Accounts) -> None:
        self._is_concerned = is_concerned
        self._known: dict[bytes, tuple[bool, bool]] = {}
        """By the key of the row: whether the account is concerned, and whether it has an open hand-off."""

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Note a record of the changelog. Rows of other kinds are ignored."""
        if not key.startswith(_PREFIX):
            return
        row = None if value is None else decode(AccountRow, value)
        if row is None or row.forwards_to:
            self._known.pop(key, None)
            return
        is_concerned = self._is_concerned(key.removeprefix(_PREFIX).decode(), row.company)
        self._known[key] = is_concerned, row.open_handoffs > 0

    @property
    def sentence(self) -> str:
        """The counts as a sentence."""
        concerned = sum(is_concerned for is_concerned, _ in self._known.values())
        open_ = sum(is_concerned and is_open for is_concerned, is_open in self._known.values())
        return (
            f"Another version decides {concerned:,} of {len(self._known):,} accounts from then on, {open_:,} of them with an"
            " open hand-off."
        )


def find_concerned(planned: Publication) -> Accounts | None:
    """Return whether an account gets another version. None: every account does."""
    followed, config = planned.followed, planned.config
    before, present = running_canary(followed), held_policy(followed)
    if config.version == followed.version:
        return with_other_policy(_trial_of(followed), _trial_of(config), present)
    if before is None or before.hash != config.hash:
        return None
    had = members_of(before.share, present)
    return lambda key, company: not had(key, company)


def _trial_of(config: Config) -> Trial:
    canary = running_canary(config)
    return Trial() if canary is None else Trial(canary.hash, canary.share)


async def count_accounts(settings: Settings, planned: Publication) -> list[str]:
    """Return how many accounts get another version, or why they were not counted. Empty: every account gets it."""
    is_concerned = find_concerned(planned)
    if is_concerned is None:
        return []
    topic = changelog_topic(settings.app_id, "accounts")
    count = AccountCount(is_concerned)
    try:
        async with asyncio.timeout(_WITHIN_S):
            async for record in read_topics(settings, (topic,), from_start=True, to_end=True):
                count.apply(record.key, record.value)
    except TimeoutError:
        return [f"The accounts are not counted: to read {topic} takes more than {_WITHIN_S:.0f} s."]
    except ACCESS_ERRORS:
        return [f"The accounts are not counted: this user has no right to read {topic}."]
    return [count.sentence]
