"""Turns between partners: levels in order, shares by weight, limits of open leads, and a ledger that adds up."""

from __future__ import annotations

import pytest

from schemas.base import Model
from schemas.desk_requests import DeskRequest, DeskReturn, RequestMode
from schemas.lead_events import DeskAnswer
from schemas.outputs import LedgerEntry
from schemas.partner_load import PARTNERS_DESK, PartnerLoad
from schemas.vocabulary import HowChosen, Kind, PassedOver
from tests.routes import CUSTOMER, NEVER, OPEN, PARTNER, REST, with_routes
from tests.unit.desks.world import MONDAY, POLICY_TEXT, World
from workers.desks.ledger_audit import audit
from workers.desks.partner_turns import PartnerOpenRow

TERMS = "regions: [HI], gets: mql, answer_within: 2d, then: next_partner, sees: [name]"
POLICY = with_routes(
    POLICY_TEXT,
    (NEVER, CUSTOMER, OPEN, PARTNER, REST),
    before=f"""partners:
  ada: {{level: gold, weight: 2, most_open: 3, {TERMS}}}
  bo: {{level: gold, most_open: 3, {TERMS}}}
  cy: {{level: silver, {TERMS}}}
""",
)
ALL = ("ada", "bo", "cy")


class Partners:
    """The desk of all partners, asked for one account after the other."""

    def __init__(self) -> None:
        self.world = World(POLICY)
        self.asked = 0
        self.ledger: list[LedgerEntry] = []

    def send(self, event: Model) -> list[Model]:
        outputs = list(self.world.send(event))
        self.ledger += [one for one in outputs if isinstance(one, LedgerEntry)]
        return outputs

    def ask(self, *names: str, account: str | None = None) -> DeskAnswer:
        self.asked += 1
        request = DeskRequest(
            request_id=f"q{self.asked}",
            desk=PARTNERS_DESK,
            account_key=f"domain:bank{self.asked}.example" if account is None else account,
            lead_id=f"lead-{self.asked}",
            handoff_id=f"h{self.asked}",
            mode=RequestMode.TURN,
            kind=Kind.PARTNER,
            total=120,
            since_ms=MONDAY,
            partners=list(names or ALL),
        )
        (answer,) = [one for one in self.send(request) if isinstance(one, DeskAnswer)]
        return answer

    def report(self, partner: str, number: int, count: int, request_id: str | None = None) -> None:
        event = PartnerLoad(
            desk=PARTNERS_DESK,
            partner=partner,
            account_key=f"domain:bank{number}.example",
            open=count,
            request_id=request_id,
        )
        self.send(event)

    @property
    def open(self) -> dict[str, int]:
        rotation = self.world.rotation(PARTNERS_DESK)
        return {name.removeprefix("partner:"): count for name, count in rotation.taken.items() if count}


@pytest.fixture
def partners() -> Partners:
    return Partners()


def test_partners_of_the_first_level_take_turns_by_weight(partners: Partners) -> None:
    takers = []
    for _ in range(3):
        answer = partners.ask()
        takers.append(answer.rep_id)
        assert answer.how_chosen is HowChosen.ROTATION
    assert takers == ["partner:ada", "partner:bo", "partner:ada"]


def test_the_next_level_gets_the_lead_when_the_first_is_full_and_the_reasons_are_in_the_ledger(
    partners: Partners,
) -> None:
    for _ in range(6):
        assert partners.ask("ada", "bo").rep_id is not None
    answer = partners.ask()
    assert (answer.rep_id, answer.how_chosen) == ("partner:cy", None)
    assert {one.rep_id: one.why for one in answer.passed_over} == {
        "partner:ada": PassedOver.FULL,
        "partner:bo": PassedOver.FULL,
    }
    assert partners.open == {"ada": 3, "bo": 3, "cy": 1}
    assert [(one.taken_in_period, one.capacity) for one in partners.ledger[-1].candidates] == [
        (3, 3),
        (3, 3),
        (0, None),
    ]


def test_without_capacity_the_desk_is_unavailable_and_counts_nothing(partners: Partners) -> None:
    for _ in range(3):
        partners.ask("bo")
    answer = partners.ask("bo")
    assert (answer.outcome, answer.desk_full, answer.rep_id) == ("unavailable", True, None)
    assert partners.open == {"bo": 3}


def test_a_partner_of_a_later_level_is_passed_over_and_gains_nothing(partners: Partners) -> None:
    partners.ask()
    (line,) = partners.ledger
    assert [(one.rep_id, one.passed_over, one.gained) for one in line.candidates] == [
        ("partner:ada", None, 666_666),
        ("partner:bo", PassedOver.NOT_ITS_TURN, 333_333),
        ("partner:cy", PassedOver.NOT_PREFERRED, 0),
    ]


def test_the_report_of_an_account_replaces_the_assignment_that_was_counted(partners: Partners) -> None:
    partners.ask("bo")
    partners.report("bo", 1, 2)
    partners.report("bo", 1, 2)
    assert partners.open == {"bo": 2}
    partners.report("bo", 1, 0)
    assert partners.open == {}
    assert (
        partners.world.decider.rows.get(PartnerOpenRow, PARTNERS_DESK, "partner:bo", "domain:bank1.example")
        is None
    )


def test_a_report_that_was_made_before_the_answer_arrived_keeps_the_assignment_counted(
    partners: Partners,
) -> None:
    partners.ask("bo")
    partners.report("bo", 1, 0, "q1")
    assert partners.open == {"bo": 1}


def test_an_answer_that_is_not_wanted_returns_turn_and_capacity(partners: Partners) -> None:
    partners.ask("bo", "ada")
    taker = partners.ledger[0].rep_id
    returned = DeskReturn(request_id="q1", desk=PARTNERS_DESK, account_key="domain:bank1.example")
    partners.send(returned)
    partners.send(returned)
    assert partners.open == {}
    assert partners.ask("bo", "ada").rep_id == taker
    assert partners.world.rotation(PARTNERS_DESK).credits == {
        "partner:ada": -333_333,
        "partner:bo": 333_333,
    }


def test_a_repeated_request_gets_the_same_answer_and_counts_once(partners: Partners) -> None:
    first = partners.ask("bo", account="domain:bank1.example")
    partners.asked = 0
    assert partners.ask("bo", account="domain:bank1.example") == first
    assert partners.open == {"bo": 1}


def test_the_ledger_of_partners_adds_up_while_leads_open_and_close(partners: Partners) -> None:
    given: list[str] = []
    for number in range(1, 41):
        answer = partners.ask(*(("ada", "bo"), ALL, ("bo", "ada"))[number % 3])
        assert answer.rep_id is not None
        given.append(answer.rep_id.removeprefix("partner:"))
        partners.report(given[-1], number, 1)
        assert all(count <= 3 for count in partners.open.values())
        if number > 4:
            partners.report(given[number - 5], number - 4, 0)
    shares = audit(partners.ledger)[PARTNERS_DESK]
    assert (shares.problems, shares.turns, given.count("cy")) == ([], 40, 0)
