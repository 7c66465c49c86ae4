"""Consent statements: a person's yes or no to one purpose of consent, with its time.

In: the consent in an event or in a privacy request. Out: statements for the account's log. The latest statement by its
own time holds. Of two statements in one millisecond, the refusal holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from schemas.lead_events import ConsentWord, LeadConsent
from schemas.vocabulary import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.base import Consent


def statements_of(consent: Consent | None, at_ms: int) -> tuple[ConsentWord, ...]:
    """Return one statement for each purpose that the consent names."""
    if consent is None:
        return ()
    given_by_purpose = ((Purpose.TRACKING, consent.tracking), (Purpose.MARKETING, consent.marketing))
    return tuple(
        ConsentWord(purpose=purpose, given=given, at_ms=at_ms)
        for purpose, given in given_by_purpose
        if given is not None
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
    """Return the fact that a person changed consent.

    ``is_activity``: the consent came with an activity of which nothing else is kept.
    """
    return LeadConsent(
        event_id=event_id,
        account_key=account_key,
        lead_id=lead_id,
        occurred_at_ms=at_ms,
        clamped=is_clamped,
        consents=list(statements_of(consent, at_ms)),
        is_activity=is_activity,
    )


def refuses_tracking(consent: Consent | None) -> bool:
    """Whether the consent refuses tracking."""
    return consent is not None and consent.tracking is False


class Statement(Protocol):
    """A statement on one purpose, of any class that holds one."""

    @property
    def purpose(self) -> Purpose: ...  # noqa: D102
    @property
    def given(self) -> bool: ...  # noqa: D102
    @property
    def at_ms(self) -> int: ...  # noqa: D102


S = TypeVar("S", bound=Statement)


def latest(held: tuple[S, ...], new: Iterable[S]) -> tuple[S, ...]:
    """Return the latest statement on each purpose. Returns the same ``held`` object if nothing changed."""
    by_purpose = {one.purpose: one for one in held}
    for one in new:
        before = by_purpose.get(one.purpose)
        if before is None or (one.at_ms, not one.given) > (before.at_ms, not before.given):
            by_purpose[one.purpose] = one
    now = tuple(by_purpose[purpose] for purpose in sorted(by_purpose))
    return held if now == held else now
