"""Clicks and deliveries in any order, repeated, and among other events give the same points."""

from __future__ import annotations

import random
from typing import Final, NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.hops.accounts.market import MONDAY, POLICY
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import MailClick, MailDelivery, ScoreRow
from workers.accounts.worth.durations import Activity, count_activity, with_delivery
from workers.accounts.worth.mail_scanners import scanned_clicks
from workers.policy.scanner_rule import MailScanners

SECOND_MS: Final = 1_000
RULE: Final = MailScanners()
BEHAVIOUR: Final = POLICY.behaviour.model_copy(update={"mail_scanners": RULE})
TERMS: Final = Terms(POLICY.model_copy(update={"behaviour": BEHAVIOUR}))


class Event(NamedTuple):
    kind: str
    mail: str
    link: str
    at_ms: int
    event_id: str
    links: int


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    made = []
    for number in range(draw(st.integers(1, 16))):
        at_ms = MONDAY + draw(st.sampled_from([0, 1, 2, 5, 9, 10, 11, 600, 4000, 90_000])) * SECOND_MS
        kind = draw(
            st.sampled_from(["click", "click", "click", "delivery", "page_view", "download", "video_watched"])
        )
        mail, link = draw(st.sampled_from("mn")), draw(st.sampled_from("abcd"))
        made.append(Event(kind, mail, link, at_ms, f"e{number:02d}", draw(st.sampled_from([0, 0, 2, 4]))))
    return made


def arrive(score: ScoreRow, one: Event) -> ScoreRow:
    if one.kind == "delivery":
        return with_delivery(TERMS, LeadRow(), score, MailDelivery(one.at_ms, one.event_id, one.mail))
    activity = "email_clicked" if one.kind == "click" else one.kind
    fitting = TERMS.rules.for_activity(activity, None, None, None)
    click = None
    if one.kind == "click":
        names = fitting.names(0)
        click = MailClick(one.at_ms, one.event_id, one.mail, one.link, one.links, names, one.mail)
    seen = Activity(one.at_ms, one.event_id, one.mail if click else "", None, click)
    return count_activity(TERMS, LeadRow(), score, fitting, seen).score


def expected_scanned(happened: list[Event]) -> set[str]:
    """Return the scanner's clicks, worked out from all events at once."""
    clicks = [one for one in happened if one.kind == "click"]
    found: set[str] = set()
    for delivery in (one for one in happened if one.kind == "delivery"):
        near = [
            one
            for one in clicks
            if one.mail == delivery.mail and 0 <= one.at_ms - delivery.at_ms <= RULE.within
        ]
        if len({one.link for one in near}) >= RULE.links:
            found |= {one.event_id for one in near}
    for mail in {one.mail for one in clicks}:
        of_mail = sorted(
            (one for one in clicks if one.mail == mail), key=lambda one: (one.at_ms, one.event_id)
        )
        links, firsts = max(one.links for one in of_mail), {}
        for one in of_mail:
            firsts.setdefault(one.link, one.event_id)
        if 2 <= links <= len(firsts):
            found |= set(firsts.values())
    return found


@settings(deadline=None, max_examples=150)
@given(events(), st.integers(0, 2**32))
def test_every_order_gives_the_points_without_the_scanners_clicks(happened: list[Event], seed: int) -> None:
    scanned = expected_scanned(happened)
    event(f"{len(scanned)} clicks of scanners")
    shuffle = random.Random(seed)
    plain = ScoreRow()
    for one in happened:
        if one.kind != "delivery" and one.event_id not in scanned:
            plain = arrive(plain, one._replace(links=0))
    for _ in range(3):
        order = shuffle.sample(happened, len(happened))
        score = ScoreRow()
        for one in order:
            score = arrive(score, one)
            if one.kind == "delivery" and shuffle.random() < 0.3:
                score = arrive(score, one)
        assert scanned_clicks(RULE, score.clicks, score.deliveries) == scanned
        today = TERMS.day_of(MONDAY) + 3
        expected, made = (TERMS.rules.points(one.counts, today) for one in (plain, score))
        lines = [{(line.rule, line.points, line.count) for line in one.lines} for one in (made, expected)]
        assert lines[0] == lines[1]
