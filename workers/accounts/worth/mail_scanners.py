"""Clicks of mail scanners: programs of a mail server that follow the links of a mail before the person reads it.

In: the clicks and deliveries of mails that a lead's score remembers, in any order. Out: the clicks that are a scanner's.
Those earn nothing. Each further click or delivery may change the result for earlier clicks, so it is worked out from all
of them each time, and the order of arrival does not matter. It counts nothing and computes no points.

A click is a scanner's in two cases. Either it is one of the clicks on many links of a mail within seconds of its delivery
(policy keys ``links`` and ``within`` of ``behaviour.mail_scanners``). Or every link of the mail was clicked, and the click
is the first on its link. So a person's click counts, if it follows the scanner's.

Bounds: the latest 40 clicks and the latest 20 deliveries of a lead. An earlier click stays as it was judged last.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from workers.accounts.rulebook.behaviour import RulePoints
from workers.accounts.state.score import MailClick, MailDelivery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import LeadActivity
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.score import ScoreRow
    from workers.policy.scanner_rule import MailScanners

MOST_CLICKS: Final = 40
"""Most clicks that a lead remembers, the latest by date."""
MOST_DELIVERIES: Final = 20
"""Most deliveries that a lead remembers, the latest by date."""
FEWEST_LINKS: Final = 2
"""A mail with fewer links has no scanner by a click of every link: a person who clicks clicks them all."""
LINE: Final = "scanner:clicks"
"""Name of the points line with the number of clicks that earn nothing."""


def click_of(
    rule: MailScanners | None, event: LeadActivity, names: tuple[str, ...], message: str
) -> MailClick | None:
    """Return an activity as a click in a mail. None if it is not one, or names no mail.

    ``names``: the scoring rules that count for it. ``message`` marks its message for rules that count one per message.
    """
    if rule is None or event.activity not in rule.clicked:
        return None
    mail = _mail_of(event)
    if not mail:
        return None
    link, links = _mark(event.url or ""), event.links_in_message or 0
    return MailClick(event.occurred_at_ms, event.event_id, mail, link, links, names, message)


def delivery_of(rule: MailScanners | None, event: LeadActivity) -> MailDelivery | None:
    """Return an activity as the delivery of a mail. None if it is not one, or names no mail."""
    if rule is None or event.activity not in rule.delivered:
        return None
    mail = _mail_of(event)
    return MailDelivery(event.occurred_at_ms, event.event_id, mail) if mail else None


def add_click(clicks: tuple[MailClick, ...], click: MailClick) -> tuple[MailClick, ...]:
    """Return the clicks with one more, ascending by date. A click of the same event is replaced."""
    others = (one for one in clicks if one.event_id != click.event_id)
    return tuple(sorted((*others, click), key=_by_date))


def add_delivery(deliveries: tuple[MailDelivery, ...], delivery: MailDelivery) -> tuple[MailDelivery, ...]:
    """Return the latest deliveries with one more. A delivery of the same event is replaced."""
    others = (one for one in deliveries if one.event_id != delivery.event_id)
    return tuple(sorted((*others, delivery), key=_by_date)[-MOST_DELIVERIES:])


def scanned_clicks(
    rule: MailScanners | None, clicks: Iterable[MailClick], deliveries: Iterable[MailDelivery]
) -> frozenset[str]:
    """Return the event_ids of the clicks that are a scanner's."""
    if rule is None:
        return frozenset()
    found: set[str] = set()
    by_mail: dict[str, list[MailClick]] = {}
    for click in clicks:
        by_mail.setdefault(click.mail_mark, []).append(click)
    for delivery in deliveries:
        last_ms = delivery.at_ms + rule.within
        near = [one for one in by_mail.get(delivery.mail_mark, ()) if delivery.at_ms <= one.at_ms <= last_ms]
        if len({one.link for one in near}) >= rule.links:
            found.update(one.event_id for one in near)
    for of_mail in by_mail.values():
        found |= _firsts_of_every_link(of_mail)
    return frozenset(found)


def add_scanner_line(behaviour: Behaviour, terms: Terms, score: ScoreRow, day: int) -> Behaviour:
    """Return the points of ``day`` with a line of 0 points for the clicks of scanners, if there are any."""
    scanned = scanned_clicks(terms.rules.scanners, score.clicks, score.deliveries)
    counted = [
        one
        for one in score.clicks
        if one.event_id in scanned and 0 <= day - terms.day_of(one.at_ms) < terms.rules.horizon_days
    ]
    if not counted:
        return behaviour
    line = RulePoints(LINE, 0, len(counted), counted[-1].event_id)
    return behaviour._replace(lines=(*behaviour.lines, line))


def _firsts_of_every_link(clicks: list[MailClick]) -> set[str]:
    """Return the first click of each link of a mail, if every link was clicked; else none."""
    firsts: dict[str, MailClick] = {}
    for click in sorted(clicks, key=_by_date):
        firsts.setdefault(click.link, click)
    links = max(one.links for one in clicks)
    if links < FEWEST_LINKS or len(firsts) < links:
        return set()
    return {one.event_id for one in firsts.values()}


def _mail_of(event: LeadActivity) -> str:
    """Return a mark of the mail: of its message_id, else of its campaign, else of its asset. Empty: none is named."""
    campaign = None if event.campaign is None else event.campaign.name
    return _mark(event.message_id or campaign or event.asset or "")


def _mark(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest() if text else ""


def _by_date(one: MailClick | MailDelivery) -> tuple[int, str]:
    return (one.at_ms, one.event_id)
