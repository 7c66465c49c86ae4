"""The content of messages: what a rep needs to act, in the rep's own time zone, and nothing of a person afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from desk_market import example

from schemas.outputs import LeadAlert, LeadRouting
from schemas.vocabulary import Reason, RejectReason
from workers.notify.notices import (
    REJECTIONS,
    Answer,
    GivenAnswer,
    Notice,
    alert_notice,
    handoff_notice,
    reason_sentences,
)

ZONE = "America/New_York"


def handoff(**changes: Any) -> LeadRouting:
    return LeadRouting.model_validate(example("lead.routing") | changes)


def withdrawn(*reasons: str) -> LeadRouting:
    value = example("lead.routing") | {"action": "withdrawn", "revision": 2}
    value["explanation"] = value["explanation"] | {"reasons": list(reasons)}
    return LeadRouting.model_validate({k: v for k, v in value.items() if k not in ("assignee", "person")})


def text_of(notice: Notice) -> str:
    return "\n".join([notice.headline, *(f"{label}: {text}" for label, text in notice.lines)])


def test_a_handoff_shows_who_company_why_until_when_and_the_answers() -> None:
    notice = handoff_notice(handoff(request="demo"), zone=ZONE)
    assert notice.headline == "Asks for sales: Anna Larsson, Norrbank"
    assert text_of(notice).splitlines()[1:] == [
        "Who: Anna Larsson · Chief Information Officer · anna.larsson@norrbank.example · +1 212 555 0142",
        "Company: Norrbank · norrbank.example · US",
        "Asked for: demo",
        "Why: The person asked for a demo, a price or a salesperson. The rep is the next in the desk's rotation.",
        "Score: A2, 115 points",
        "Answer by: Wed 04 Mar 2026, 09:00 EST",
        "Campaign: spring papers",
        "Colleagues: 1 more of this account are active",
    ]
    assert notice.answers == tuple(Answer)


def test_a_person_who_may_only_be_answered_is_marked_first() -> None:
    notice = handoff_notice(handoff(answer_only=True), zone=ZONE)
    assert notice.lines[0] == ("Careful", "Answer only what the person asked for.")


def test_a_withdrawal_has_the_reason_and_no_data_of_the_person() -> None:
    notice = handoff_notice(withdrawn("sales_rejected"), zone=ZONE)
    assert text_of(notice) == "Withdrawn: norrbank.example\nWhy: Sales rejected the lead."
    assert (notice.answers, notice.is_closed) == ((), True)


def test_an_erasure_shows_not_even_the_account() -> None:
    notice = handoff_notice(withdrawn("erased"), zone=ZONE)
    assert notice.headline == "Withdrawn"
    assert notice.facts == {}
    assert "norrbank" not in text_of(notice)


def test_a_former_holder_sees_the_new_one_and_no_data_of_the_person() -> None:
    notice = handoff_notice(handoff(), zone=ZONE, is_holder=False)
    assert notice.headline == "Now with Dana Reyes: norrbank.example"
    assert "Anna" not in text_of(notice)


def test_an_accepted_lead_can_still_be_rejected_and_a_rejected_one_has_no_answer() -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    accepted = handoff_notice(handoff(), zone=ZONE, given=GivenAnswer(Answer.ACCEPT, "Dana", at))
    rejected = handoff_notice(handoff(), zone=ZONE, given=GivenAnswer(Answer.REJECT, "Dana", at))
    assert (accepted.headline, accepted.answers) == (
        "Accepted by Dana: Anna Larsson, Norrbank",
        (Answer.REJECT,),
    )
    assert rejected.answers == ()


def test_an_alert_shows_the_deadline_and_the_lead() -> None:
    alert = LeadAlert.model_validate(example("lead.alerts"))
    notice = alert_notice(alert, handoff(), zone=ZONE, is_holder=False)
    assert notice.headline == "Overdue: Anna Larsson, Norrbank"
    assert text_of(notice).splitlines()[1:3] == ["With: Dana Reyes", "Answer by: Wed 04 Mar 2026, 09:00 EST"]
    assert notice.answers == ()
    assert alert_notice(alert, None, zone=ZONE, is_holder=True).headline == "Overdue: norrbank.example"


def test_an_answered_alert_shows_when_it_was_answered() -> None:
    alert = LeadAlert.model_validate(example("lead.alerts", 1))
    notice = alert_notice(alert, handoff(), zone=ZONE, is_holder=True)
    assert text_of(notice) == "Answered: Anna Larsson, Norrbank\nAnswered: Wed 04 Mar 2026, 08:10 EST"


def test_every_reason_has_a_sentence_and_every_rejection_words() -> None:
    assert set(reason_sentences()) == {reason.value for reason in Reason}
    assert all(text.endswith(".") and text[0].isupper() for text in reason_sentences().values())
    assert {reason for reason, _ in REJECTIONS} == {reason.value for reason in RejectReason}


def test_a_long_text_and_line_breaks_of_a_form_do_not_stretch_the_message() -> None:
    person = example("lead.routing")["person"] | {"company": "N\n" * 400}
    notice = handoff_notice(handoff(person=person), zone=ZONE)
    assert "\n" not in notice.headline
    assert max(len(line) for _, line in notice.lines) < 700
