"""Cases for the keys of desks, skills and calendars."""

from __future__ import annotations

from typing import Any, Final

from tests.scenarios.keys.tales import LEFT_OUT, Lines, tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story

SALES: Final = "desks.inside_sales"
LARGE: Final = "skills.segment.large"


def _mql(story: Story, bank: str, when: str) -> None:
    """Make Ann of this bank an MQL by points."""
    story.bank(bank)
    story.form(f"ann@{bank}.example", when)
    story.much_interest(f"ann@{bank}.example", when)


@tale("fri 12:00")
def nobody_answers_a_raised_hand(story: Story) -> None:
    """Mia and Tom are members of the desk, and Dana manages it. Wes is a member of the west desk, which gets a request too."""
    story.rep("dana", at_desk=False)
    story.rep("boss", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.rep("wes", desks=[{"desk": "west"}])
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.bank("pacific", region="OR")
    story.form("pat@pacific.example", "tue 10:00", "demo")


@tale("tue 18:00")
def five_kinds_of_lead(story: Story) -> None:
    """An MQL, an inquiry, a lead of a customer, a lead with an open opportunity, and a support question."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    _mql(story, "harbor", "tue 09:00")
    story.bank("foreign", country="DE")
    story.form("ann@foreign.example", "tue 09:00", "demo")
    story.bank("old", relationship="customer", owner_rep_id="olga")
    story.form("ann@old.example", "tue 09:00")
    opened = {"opportunity_id": "o1", "owner_rep_id": "olga", "opened_at": "2026-02-01T00:00:00Z"}
    story.bank("near", open_opportunities=[opened])
    story.form("ann@near.example", "tue 09:00")
    story.form("bob@old.example", "tue 09:10", "support")


@tale("mon2 12:00")
def two_mqls_and_one_is_rejected(story: Story) -> None:
    """Mia has a weight in the CRM; Tom has none."""
    story.rep("dana", at_desk=False)
    story.rep("mia", weight=1)
    story.rep("tom", desks=[{"desk": "inside_sales"}])
    _mql(story, "harbor", "tue 09:00")
    story.sales("rejected", "ann@harbor.example", "tue 10:00", reason="bad_data")
    for number, bank in enumerate(("mesa", "prairie", "granite", "lake")):
        _mql(story, bank, f"tue 1{number + 1}:00")


@tale("tue 18:00", {f"{SALES}.turn.when_rejected": "keep"})
def toms_lead_is_closed(story: Story) -> None:
    """Mia and Tom get an MQL each. Tom's is rejected, and a third comes."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    _mql(story, "harbor", "tue 09:00")
    _mql(story, "mesa", "tue 10:00")
    story.sales("rejected", "ann@mesa.example", "tue 11:00", rep_id="tom", reason="bad_data")
    _mql(story, "prairie", "tue 12:00")


@tale("tue 10:55", {f"{SALES}.turn.off_after_missed": "1"})
def mia_misses_a_response(story: Story) -> None:
    """Mia does not answer Ann in half an hour. Two more ask for sales."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    for bank, when in (("harbor", "10:00"), ("mesa", "10:40"), ("prairie", "10:45")):
        story.bank(bank)
        story.form(f"ann@{bank}.example", f"tue {when}", "demo")


@tale("wed 17:00")
def mia_is_away_for_a_day(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia", away=("tue 00:00", "wed 00:00"))
    story.rep("tom")
    for number, day in enumerate(("tue", "tue", "wed", "wed")):
        story.bank(f"bank{number}")
        story.form(f"ann@bank{number}.example", f"{day} 1{number}:00", "demo")


@tale("wed 12:00")
def everybody_is_away(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("boss", at_desk=False)
    story.rep("mia", away=("tue 00:00", "wed 00:00"))
    _mql(story, "harbor", "tue 09:00")
    story.bank("mesa")
    story.form("ann@mesa.example", "tue 10:00", "demo")


@tale("fri 12:00")
def a_large_bank_of_mexicans_asks(story: Story) -> None:
    """Mia is next in turn. Rosa speaks Spanish, Tom knows large banks. One form names Mexico, one bank has 5,000 employees."""
    story.rep("dana", at_desk=False)
    story.rep("mia", weight=5)
    story.rep("rosa", languages=["es"])
    story.rep("tom", segments=["large"])
    story.bank("harbor", revenue={"amount": 4_000_000_000, "currency": "USD"}, employees=5000)
    story.form(ANN, "tue 10:00", "demo")
    story.bank("mesa", country=None)
    story.form("ana@mesa.example", "tue 11:00", "demo", country="MX")


@tale("wed 12:00")
def nobody_speaks_spanish(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("mesa", country=None)
    story.form("ana@mesa.example", "tue 11:00", "demo", country="MX")


@tale("tue13 12:00")
def a_hand_is_raised_on_memorial_day(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "mon13 10:00", "demo")


def _segment(**size: object) -> dict[str, Any]:
    """Return the segment large with this condition only."""
    return {LARGE: size}


_PLACES: Final = {
    "conditions": {"mexican": {"countries": ["MX"]}, "american": {"countries": ["US"]}},
    "desks.inside_sales.answer_within.when": {"mexican": "30m", "american": "30m"},
}
"""Two named conditions, which a deadline tests too."""
_A_SLOW_DESK: Final = {
    "desks.slow": {"like": "inside_sales", "due_soon_percent": "99"},
    "routes[8]": {"if": {"regions": ["AK"]}, "to": "desk slow"},
}
_LARGE = a_large_bank_of_mexicans_asks
_ANSWER = f"{SALES}.answer_within"

DESKS: Lines = {
    "skills.language.es": (_LARGE, ["PR"]),
    f"{LARGE}.revenue.from": (_LARGE, "5B"),
    f"{LARGE}.revenue.to": (_LARGE.where(_segment(revenue={"to": "4B"})), "3B"),
    f"{LARGE}.employees.from": (_LARGE.where(_segment(employees={"from": "5000"})), "5001"),
    f"{LARGE}.employees.to": (_LARGE.where(_segment(employees={"to": "5000"})), "4999"),
    f"{LARGE}.is": (_LARGE.where(_segment(**{"is": ["mexican"]}) | _PLACES), ["american"]),
    f"{LARGE}.is_not": (_LARGE.where(_segment(is_not=["mexican"]) | _PLACES), ["american"]),
    "desks.west.like": (nobody_answers_a_raised_hand.where(_A_SLOW_DESK), "slow"),
    "desks.west.calendar": (nobody_answers_a_raised_hand, "east"),
    f"{SALES}.manager": (nobody_answers_a_raised_hand, "boss"),
    f"{SALES}.turn.by": (toms_lead_is_closed, "fewest_open"),
    f"{SALES}.turn.most_open": (toms_lead_is_closed.where({f"{SALES}.turn.most_open": "5"}), "1"),
    f"{SALES}.turn.off_after_missed": (mia_misses_a_response, "2"),
    f"{SALES}.turn.when_away": (mia_is_away_for_a_day, "hold"),
    f"{SALES}.turn.when_rejected": (two_mqls_and_one_is_rejected, "keep"),
    f"{SALES}.turn.weight": (two_mqls_and_one_is_rejected, "3"),
    f"{SALES}.mqls_per_rep.most": (two_mqls_and_one_is_rejected, "1"),
    f"{SALES}.mqls_per_rep.per": (
        two_mqls_and_one_is_rejected.where({f"{SALES}.mqls_per_rep.most": "1"}),
        "day",
    ),
    f"{SALES}.everyone_away.mql": (everybody_is_away, "boss"),
    f"{SALES}.everyone_away.raised_hand": (everybody_is_away, "boss"),
    f"{_ANSWER}.mql": (five_kinds_of_lead, "4h"),
    f"{_ANSWER}.raised_hand": (nobody_answers_a_raised_hand, "1h"),
    f"{_ANSWER}.inquiry": (five_kinds_of_lead, "7h"),
    f"{_ANSWER}.expansion": (five_kinds_of_lead, "3h"),
    f"{_ANSWER}.in_cycle": (five_kinds_of_lead, "1h"),
    "desks.customer_service.answer_within.service": (five_kinds_of_lead, "5h"),
    f"{_ANSWER}.then": (nobody_answers_a_raised_hand, "manager", {f"{_ANSWER}.times": LEFT_OUT}),
    f"{_ANSWER}.after": (nobody_answers_a_raised_hand, "3x"),
    f"{_ANSWER}.times": (nobody_answers_a_raised_hand, "1"),
    f"{SALES}.due_soon_percent": (nobody_answers_a_raised_hand, "50"),
    f"{SALES}.skills.language": (
        nobody_speaks_spanish.where({f"{SALES}.skills.segment": "required"}),
        "preferred",
    ),
    f"{SALES}.skills.segment": (_LARGE, "required"),
    f"{SALES}.skills.when_nobody_has_it": (nobody_speaks_spanish, "dana"),
    "calendars.west.timezone": (nobody_answers_a_raised_hand, "America/Denver"),
    "calendars.east.hours.mon-fri": (nobody_answers_a_raised_hand, "10:15-17:30"),
    "calendars.east.holidays": (a_hand_is_raised_on_memorial_day, "CA"),
    "calendars.west.days.2026-03-03": (
        nobody_answers_a_raised_hand.where({"calendars.west.days.2026-03-03": "08:30-12:00"}),
        "closed",
    ),
}
