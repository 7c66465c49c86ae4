"""Facts that disagree, are left blank, or are said again: which holds, and since when."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.scenarios.story import POLICY, Story

ANN = "ann@harbor.example"
PRICES = "https://x.example/pricing"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia sits at the desk; the bank is of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    return story


# What a blank says.


@pytest.mark.parametrize(
    "blank",
    [{"revenue": None}, {"country": None}, {"sic": []}, {"revenue": None, "country": None, "sic": None}],
)
def test_a_blank_of_the_crm_overwrites_nothing(team: Story, blank: dict[str, Any]) -> None:
    team.form(ANN, "tue 10:00")
    team.bank("harbor", "wed 10:00", **blank)
    team.much_interest(ANN, "thu 10:00")

    results = team.replay()

    assert results.stages == ["known", "nurture", "mql"]


def test_a_record_that_the_crm_deletes_and_makes_anew_knows_only_what_it_says(team: Story) -> None:
    team.deleted("crm.accounts", "ACC-harbor", "tue 10:00")
    team.bank("harbor", "tue 11:00", revenue=None)
    team.form(ANN, "wed 10:00")

    assert team.replay().stages[-1] == "waiting_for_facts"


def test_an_owner_who_is_named_no_more_is_one_no_more(team: Story) -> None:
    team.rep("olga", at_desk=False)
    team.bank("harbor", "mon 01:00", owner_rep_id="olga")
    team.bank("harbor", "tue 10:00", owner_rep_id=None)
    team.form(ANN, "wed 10:00", "demo")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_form_that_leaves_the_title_blank_takes_nobody_out(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    team.form(ANN, "wed 10:00", title="  ", job_function=None)
    team.much_interest(ANN, "thu 10:00")

    assert team.replay().stages[-1] == "mql"


# Which of several holds.

SAID = (("form", "mon", "Student"), ("form", "wed", "CIO"), ("crm", "tue", "VP, IT & Ops"))


@pytest.mark.parametrize(
    "order", list(permutations(SAID)), ids=lambda order: "-".join(who for who, *_ in order)
)
def test_of_titles_that_disagree_the_crms_holds_in_whatever_order_they_come(
    team: Story, order: tuple[tuple[str, str, str], ...]
) -> None:
    _say(team, order)

    title = _gate(team, "title")
    assert title["found"].startswith("VP, IT & Ops")


@pytest.mark.parametrize("order", list(permutations(SAID[:2])))
def test_of_two_forms_the_later_by_its_own_date_holds(
    team: Story, order: tuple[tuple[str, str, str], ...]
) -> None:
    _say(team, order)

    assert _gate(team, "title")["found"].startswith("CIO")


# Since when.


@pytest.mark.parametrize("said_again", [False, True])
def test_a_phone_number_that_the_crm_learns_does_not_make_the_title_news(
    team: Story, said_again: bool
) -> None:
    """All that she did on Tuesday is worth 135 on that day, and less on any later one."""
    known = {"job_title": "CIO", "job_function": "it"}
    team.contact(ANN, "mon 01:00", **known)
    team.activity("page_view", "tue 10:00", times=3, email=ANN, url=PRICES)
    team.activity("page_view", "tue 10:10", email=ANN)
    if said_again:
        team.contact(ANN, "sat 10:00", phone="+1 617 555 0199", **known)
    team.late("web.activity", ANN, "tue 11:00", "sun 10:00", activity="webinar_attended", email=ANN)

    results = team.replay()

    assert results.stages[-1] == "mql"
    assert results.of("lead.routing")[0]["explanation"]["total"] == 135


@pytest.mark.parametrize("again", [("fri", "CIO"), ("fri", "Student"), None])
def test_a_title_said_again_is_known_since_it_was_said_first(
    team: Story, again: tuple[str, str] | None
) -> None:
    """What came on Sunday is judged as of Tuesday, unless they were a student in between."""
    text = POLICY.read_text("utf-8")
    team.policy(text.replace('{form: "*"}', '{form: "other*"}'))  # their forms earn nothing
    team.form(ANN, "mon 10:00")
    team.activity("page_view", "tue 10:00", times=3, email=ANN, url=PRICES)
    team.activity("page_view", "tue 10:10", email=ANN)
    if again is not None:
        team.form(ANN, f"{again[0]} 10:00", title=again[1])
        team.form(ANN, f"{again[0]} 11:00")
    team.late("web.activity", ANN, "tue 11:00", "sun 10:00", activity="webinar_attended", email=ANN)

    assert (team.replay().stages[-1] == "mql") is (again is None or again[1] == "CIO")


def _say(team: Story, order: tuple[tuple[str, str, str], ...]) -> None:
    for number, (who, day, title) in enumerate(order):
        came, happened = f"sat 10:{number:02}", f"{day} 10:00"
        if who == "crm":
            team.late("crm.contacts", ANN, happened, came, email=ANN, job_title=title)
        else:
            said = {"form_id": "contact", "email": ANN, "job_title": title, "job_function": "it"}
            team.late("form.fills", ANN, happened, came, **said)


def _gate(team: Story, name: str) -> dict[str, Any]:
    gates = team.replay().of("lead.scores")[-1]["explanation"]["gates"]
    return next(gate for gate in gates if gate["gate"] == name)
