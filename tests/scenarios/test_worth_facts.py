"""Facts that disagree, are left blank, or are repeated: which one holds, and since when."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.scenarios.story import POLICY, Story

ANN = "ann@harbor.example"
PRICES = "https://x.example/pricing"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is a member of the desk; the bank is in the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    return story


# Blank values.


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


def test_a_record_that_the_crm_deletes_and_creates_again_has_only_its_new_facts(team: Story) -> None:
    team.deleted("crm.accounts", "ACC-harbor", "tue 10:00")
    team.bank("harbor", "tue 11:00", revenue=None)
    team.form(ANN, "wed 10:00")

    assert team.replay().stages[-1] == "waiting_for_facts"


def test_an_owner_whom_the_crm_removes_owns_nothing(team: Story) -> None:
    team.rep("olga", at_desk=False)
    team.bank("harbor", "mon 01:00", owner_rep_id="olga")
    team.bank("harbor", "tue 10:00", owner_rep_id=None)
    team.form(ANN, "wed 10:00", "demo")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_form_with_a_blank_title_keeps_the_known_title(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    team.form(ANN, "wed 10:00", title="  ", job_function=None)
    team.much_interest(ANN, "thu 10:00")

    assert team.replay().stages[-1] == "mql"


# Values that disagree.

TITLES = (("form", "mon", "Student"), ("form", "wed", "CIO"), ("crm", "tue", "VP, IT & Ops"))


@pytest.mark.parametrize(
    "order", list(permutations(TITLES)), ids=lambda order: "-".join(who for who, *_ in order)
)
def test_the_title_of_the_crm_takes_precedence_in_every_order(
    team: Story, order: tuple[tuple[str, str, str], ...]
) -> None:
    _send_titles(team, order)

    title = _gate(team, "title")
    assert title["found"].startswith("VP, IT & Ops")


@pytest.mark.parametrize("order", list(permutations(TITLES[:2])))
def test_the_title_of_the_later_form_holds_by_its_own_date(
    team: Story, order: tuple[tuple[str, str, str], ...]
) -> None:
    _send_titles(team, order)

    assert _gate(team, "title")["found"].startswith("CIO")


# The date from which a value is known.


@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_new_phone_number_in_the_crm_keeps_the_date_of_the_title(team: Story, is_repeated: bool) -> None:
    """All that Ann did on Tuesday gives 135 points on that day, and fewer on any later day."""
    known = {"job_title": "CIO", "job_function": "it"}
    team.contact(ANN, "mon 01:00", **known)
    team.activity("page_view", "tue 10:00", times=3, email=ANN, url=PRICES)
    team.activity("page_view", "tue 10:10", email=ANN)
    if is_repeated:
        team.contact(ANN, "sat 10:00", phone="+1 617 555 0199", **known)
    team.late("web.activity", ANN, "tue 11:00", "sun 10:00", activity="webinar_attended", email=ANN)

    results = team.replay()

    assert results.stages[-1] == "mql"
    assert results.of("lead.routing")[0]["explanation"]["total"] == 135


@pytest.mark.parametrize("again", [("fri", "CIO"), ("fri", "Student"), None])
def test_a_repeated_title_is_known_since_its_first_mention(
    team: Story, again: tuple[str, str] | None
) -> None:
    """The event that arrives on Sunday is evaluated as of Tuesday, also if the title was Student in between."""
    text = POLICY.read_text("utf-8")
    team.policy(text.replace('{form: "*"}', '{form: "other*"}'))  # so that these forms earn no points
    team.form(ANN, "mon 10:00")
    team.activity("page_view", "tue 10:00", times=3, email=ANN, url=PRICES)
    team.activity("page_view", "tue 10:10", email=ANN)
    if again is not None:
        team.form(ANN, f"{again[0]} 10:00", title=again[1])
        team.form(ANN, f"{again[0]} 11:00")
    team.late("web.activity", ANN, "tue 11:00", "sun 10:00", activity="webinar_attended", email=ANN)

    results = team.replay()

    is_known_since = again is None or again[1] == "CIO"
    reasons = results.of("lead.routing")[0]["explanation"]["reasons"]
    assert results.stages[-1] == "mql"
    assert reasons[0] == ("bar_reached" if is_known_since else "bar_reached_earlier")


def _send_titles(team: Story, order: tuple[tuple[str, str, str], ...]) -> None:
    for number, (who, day, title) in enumerate(order):
        came, happened = f"sat 10:{number:02}", f"{day} 10:00"
        if who == "crm":
            team.late("crm.contacts", ANN, happened, came, email=ANN, job_title=title)
        else:
            values = {"form_id": "contact", "email": ANN, "job_title": title, "job_function": "it"}
            team.late("form.fills", ANN, happened, came, **values)


def _gate(team: Story, name: str) -> dict[str, Any]:
    gates = team.replay().of("lead.scores")[-1]["explanation"]["gates"]
    return next(gate for gate in gates if gate["gate"] == name)
