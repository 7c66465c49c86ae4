"""The content of a message, for any channel: what a rep needs to act in ten seconds.

In: a hand-off or an alert, as the topics have them. Out: a headline, labelled lines, and which answers are possible. Texts of
people are plain texts here; each channel escapes them in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from schemas.contents import sentences_of
from schemas.vocabulary import Alert, Kind, Reason, RejectReason

if TYPE_CHECKING:
    from schemas.outputs import LeadAlert, LeadRouting

NOTIFIED_ALERTS: Final = frozenset({Alert.RESPONSE_DUE_SOON, Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED})
_MOST_REASONS: Final = 3
_MOST_TEXT: Final = 300
_KINDS: Final = {
    Kind.MQL: "New lead",
    Kind.RAISED_HAND: "Asks for sales",
    Kind.EXPANSION: "Your customer is active",
    Kind.IN_CYCLE: "Your opportunity is active",
    Kind.INQUIRY: "Inquiry",
    Kind.SERVICE: "Support question",
    Kind.CLAIMED: "Claimed lead",
    Kind.PARTNER: "New lead",
}
_ALERTS: Final = {
    Alert.RESPONSE_DUE_SOON: "Answer soon",
    Alert.RESPONSE_OVERDUE: "Overdue",
    Alert.STILL_UNANSWERED: "Still unanswered",
}
_REJECTIONS: Final = {
    RejectReason.NOT_NOW: "Not now",
    RejectReason.UNREACHABLE: "Not reachable",
    RejectReason.WRONG_PERSON: "Does not buy",
    RejectReason.NOT_OUR_MARKET: "Not our market",
    RejectReason.BAD_DATA: "Wrong data",
    RejectReason.DUPLICATE: "Known already",
}
REJECTIONS: Final = tuple((reason.value, words) for reason, words in _REJECTIONS.items())
"""The reasons of a rejection with their words, in the order of a list."""


class Answer(StrEnum):
    """The answers that a rep can give with one tap."""

    ACCEPT = "accept"
    REJECT = "reject"
    NOT_ME = "not_me"


ANSWER_WORDS: Final = {Answer.ACCEPT: "Accept", Answer.REJECT: "Reject", Answer.NOT_ME: "Not me"}


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that a rep gave through a message."""

    answer: Answer
    rep_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """The content of one message."""

    headline: str
    lines: tuple[tuple[str, str], ...] = ()
    """Pairs of a label and a text."""
    answers: tuple[Answer, ...] = ()
    is_closed: bool = False
    is_urgent: bool = False
    facts: dict[str, str] = field(default_factory=dict)
    """Ids for programs."""


def handoff_notice(
    handoff: LeadRouting, *, zone: str, is_holder: bool = True, given: GivenAnswer | None = None
) -> Notice:
    """Return the message about a hand-off.

    ``zone``: the reader's IANA time zone. ``is_holder``: whether the reader still has the hand-off. ``given``: the last answer.
    """
    facts = {"handoff_id": handoff.handoff_id, "revision": str(handoff.revision), "lead_id": handoff.lead_id}
    if handoff.assignee is None or not is_holder:
        return _ended(handoff, facts)
    headline = f"{_KINDS[handoff.kind]}: {_subject(handoff)}"
    lines = [*_handoff_lines(handoff, zone)]
    answers: tuple[Answer, ...] = tuple(Answer)
    if given is not None:
        headline = f"{_past(given.answer)} by {given.rep_name}: {_subject(handoff)}"
        answers = (Answer.REJECT,) if given.answer is Answer.ACCEPT else ()
    return Notice(
        _short(headline),
        tuple(lines),
        answers,
        is_urgent=handoff.kind is Kind.RAISED_HAND,
        facts=facts,
    )


def alert_notice(alert: LeadAlert, handoff: LeadRouting | None, *, zone: str, is_holder: bool) -> Notice:
    """Return the message about a deadline. Without its hand-off, the account is named instead of the person."""
    facts = {"alert_id": alert.alert_id, "alert": str(alert.alert)}
    subject = alert.account_key.partition(":")[2] if handoff is None else _subject(handoff)
    if alert.cleared:
        words = "Answered" if alert.answered_at is not None else "No longer due"
        lines = [("Answered", _local(alert.answered_at, zone))] if alert.answered_at is not None else []
        return Notice(_short(f"{words}: {subject}"), tuple(lines), is_closed=True, facts=facts)
    lines = [("Answer by", _local(alert.due_at, zone))] if alert.due_at is not None else []
    if handoff is not None and handoff.assignee is not None:
        lines.insert(0, ("With", handoff.assignee.name or handoff.assignee.id))
        lines += [line for line in _handoff_lines(handoff, zone) if line[0] != "Answer by"]
    return Notice(
        _short(f"{_ALERTS[alert.alert]}: {subject}"),
        tuple(lines),
        tuple(Answer) if is_holder and handoff is not None else (),
        is_urgent=True,
        facts=facts,
    )


@cache
def reason_sentences() -> dict[str, str]:
    """Return each reason code with the first sentence of its meaning."""
    return {code: text.partition(". ")[0].rstrip(".") + "." for code, text in sentences_of(Reason).items()}


def _ended(handoff: LeadRouting, facts: dict[str, str]) -> Notice:
    """Return the message of a hand-off that its reader no longer has. It holds no data of the person."""
    if handoff.assignee is not None:
        holder = handoff.assignee.name or handoff.assignee.id.partition(":")[2] or handoff.assignee.id
        return Notice(
            _short(f"Now with {holder}: {_account(handoff)}"),
            (("Why", _why(handoff.explanation.reasons)),),
            is_closed=True,
            facts=facts,
        )
    if Reason.ERASED in handoff.explanation.reasons:
        return Notice("Withdrawn", (("Why", _why([Reason.ERASED])),), is_closed=True)
    return Notice(
        _short(f"Withdrawn: {_account(handoff)}"),
        (("Why", _why(handoff.explanation.reasons)),),
        is_closed=True,
        facts=facts,
    )


def _handoff_lines(handoff: LeadRouting, zone: str) -> Iterator[tuple[str, str]]:
    person = handoff.person
    if handoff.answer_only:
        yield "Careful", "Answer only what the person asked for."
    if person is not None:
        contact = [person.job_title, person.email, person.phone]
        yield "Who", _joined([_name(handoff), *contact])
        yield "Company", _joined([person.company, _account(handoff), person.country])
    if handoff.request:
        yield "Asked for", handoff.request.replace("_", " ")
    yield "Why", _why(handoff.explanation.reasons)
    yield "Score", f"{handoff.explanation.grade}, {handoff.explanation.total} points"
    if handoff.first_response_due_at is not None:
        yield "Answer by", _local(handoff.first_response_due_at, zone)
    if handoff.campaign is not None:
        yield "Campaign", _short(handoff.campaign.name)
    if handoff.colleagues:
        yield "Colleagues", f"{len(handoff.colleagues)} more of this account are active"
    if handoff.assignee is not None and handoff.assignee.deputy_for:
        yield "Deputy for", handoff.assignee.deputy_for


def _subject(handoff: LeadRouting) -> str:
    company = handoff.person.company if handoff.person is not None else None
    return ", ".join(one for one in (_name(handoff), company or _account(handoff)) if one)


def _name(handoff: LeadRouting) -> str:
    person = handoff.person
    return "" if person is None else " ".join(one for one in (person.first_name, person.last_name) if one)


def _account(handoff: LeadRouting) -> str:
    kind, _, name = handoff.account_key.partition(":")
    return "private address" if kind == "lead" else name


def _why(reasons: Iterable[str]) -> str:
    sentences = reason_sentences()
    return " ".join(sentences.get(reason, f"{reason}.") for reason in list(reasons)[:_MOST_REASONS])


def _past(answer: Answer) -> str:
    return {Answer.ACCEPT: "Accepted", Answer.REJECT: "Rejected", Answer.NOT_ME: "Returned"}[answer]


def _joined(parts: Iterable[str | None]) -> str:
    return " · ".join(dict.fromkeys(_short(one) for one in parts if one))


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M %Z}"


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _MOST_TEXT else f"{one_line[: _MOST_TEXT - 1]}…"
