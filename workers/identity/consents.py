"""Consent on its way to the account: what a person said of a purpose, by its own time.

In: a consent in an event, or in a request to us. Out: the words that an account's log carries. Of several the latest by
its own time holds; of two in one millisecond the no.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from schemas.lead_events import ConsentWord, LeadConsent
from schemas.vocabulary import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.base import Consent


def words_of(consent: Consent | None, at_ms: int) -> tuple[ConsentWord, ...]:
    """Return one word for each purpose that the consent names."""
    if consent is None:
        return ()
    said = ((Purpose.TRACKING, consent.tracking), (Purpose.MARKETING, consent.marketing))
    return tuple(
        ConsentWord(purpose=purpose, given=given, at_ms=at_ms) for purpose, given in said if given is not None
    )


def consent_changed(
    lead_id: str,
    account_key: str,
    event_id: str,
    at_ms: int,
    consent: Consent,
    *,
    is_clamped: bool = False,
    is_activity: bool = False,
) -> LeadConsent:
    """Return the fact that a person changed consent; ``is_activity``: all that is kept of an activity without it."""
    return LeadConsent(
        event_id=event_id,
        account_key=account_key,
        lead_id=lead_id,
        occurred_at_ms=at_ms,
        clamped=is_clamped,
        consents=list(words_of(consent, at_ms)),
        is_activity=is_activity,
    )


def refuses_tracking(consent: Consent | None) -> bool:
    """Whether this says no to tracking."""
    return consent is not None and consent.tracking is False


class Word(Protocol):
    """A word on one purpose, wherever it stands."""

    @property
    def purpose(self) -> Purpose: ...  # noqa: D102
    @property
    def given(self) -> bool: ...  # noqa: D102
    @property
    def at_ms(self) -> int: ...  # noqa: D102


W = TypeVar("W", bound=Word)


def latest(held: tuple[W, ...], said: Iterable[W]) -> tuple[W, ...]:
    """Return the latest word of each purpose; the same object where nothing changed."""
    made = {word.purpose: word for word in held}
    for word in said:
        before = made.get(word.purpose)
        if before is None or (word.at_ms, not word.given) > (before.at_ms, not before.given):
            made[word.purpose] = word
    now = tuple(made[purpose] for purpose in sorted(made))
    return held if now == held else now
