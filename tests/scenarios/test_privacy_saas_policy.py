"""The second agreement of this repository: a product company, self-service sign-ups, territories, no list of firms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.story import POLICY, Story
from workers.policy.load import load_policy_file

SAAS = POLICY.with_name("saas.yaml")
YES = {"tracking": True, "marketing": True}
ENGINEER = {"title": "Head of Engineering", "job_function": "engineering"}


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Reps at each desk, and a company of 50 people in Germany."""
    story = Story(tmp_path)
    story.policy(SAAS.read_text("utf-8"))
    for rep_id, desk in (
        ("ida", "inside_sales"),
        ("sam", "americas"),
        ("kai", "dach_large"),
        ("pia", "support"),
        ("uwe", "success"),
        ("lena", "success"),
    ):
        story.rep(rep_id, desks=[{"desk": desk, "weight": 1}] if rep_id != "lena" else [])
    company(story, "spree")
    return story


def company(story: Story, name: str, **facts: Any) -> None:
    """A company that the product is for; the CRM knows no industry and no revenue of it."""
    given = {"sic": None, "revenue": None, "employees": 50, "country": "DE"} | facts
    story.bank(name, **given)


def sign_up(story: Story, email: str, when: str, **more: Any) -> None:
    story.form(email, when, form_id="signup", consent=YES, **ENGINEER | more)
    story.activity("signed_up", when, email=email)


def trial(story: Story, email: str, when: str) -> None:
    """What a team does that means it: colleagues invited, projects made."""
    story.activity("invited_colleague", when, times=3, email=email)
    story.activity("project_created", when, times=2, email=email)


def test_it_passes_its_checks() -> None:
    policy, _ = load_policy_file(SAAS)
    assert policy.name == "saas-self-service"
    assert policy.served_market.industry is None
    assert policy.behaviour.cap < policy.lowest_fit


def test_who_works_in_the_trial_becomes_an_mql_without_asking(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00")
    trial(story, "ann@spree.example", "wed 10:00")

    assert story.replay().handoffs == [("assigned", "mql", "ida")]


def test_signing_up_alone_is_not_enough(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00")

    results = story.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "nurture"


@pytest.mark.parametrize(("employees", "country"), [(19, "DE"), (2001, "DE"), (50, "JP")])
def test_a_company_that_is_not_for_us_stays_outside_whatever_it_does(
    story: Story, employees: int, country: str
) -> None:
    company(story, "other", employees=employees, country=country)
    sign_up(story, "ann@other.example", "tue 10:00")
    trial(story, "ann@other.example", "wed 10:00")

    results = story.replay()

    assert results.stages[-1] == "outside"
    assert results.handoffs == []


@pytest.mark.parametrize(("employees", "reached"), [(20, True), (2000, True)])
def test_the_bounds_belong_to_the_market(story: Story, employees: int, *, reached: bool) -> None:
    company(story, "other", employees=employees)
    sign_up(story, "ann@other.example", "tue 10:00")
    trial(story, "ann@other.example", "wed 10:00")

    assert ("mql" in story.replay().stages) is reached


def test_a_company_whose_size_is_not_known_waits_and_goes_on_when_it_is(story: Story) -> None:
    company(story, "other", employees=None)
    sign_up(story, "ann@other.example", "tue 10:00")
    trial(story, "ann@other.example", "wed 10:00")
    waiting = story.replay()
    company(story, "other", when="thu 09:00", employees=80)

    results = story.replay()

    assert waiting.stages[-1] == "waiting_for_facts"
    cleared = [e["fact"] for e in waiting.of("lead.alerts") if e["cleared"]]
    assert {e["fact"] for e in waiting.of("lead.alerts")} - set(cleared) == {"employees"}
    assert results.handoffs == [("assigned", "mql", "ida")]


def test_a_student_is_never_an_mql(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00", title="Student, Software Engineering")
    trial(story, "ann@spree.example", "wed 10:00")

    assert story.replay().stages[-1] == "outside"


@pytest.mark.parametrize(
    ("facts", "who"),
    [
        ({"country": "US"}, "sam"),
        ({"country": "CA", "employees": 1500}, "sam"),
        ({"country": "AT", "employees": 800}, "kai"),
        ({"country": "AT", "employees": 400}, "ida"),
        ({"country": "FR", "employees": 800}, "ida"),
    ],
)
def test_territories_share_out_who_asks(story: Story, facts: dict[str, Any], who: str) -> None:
    company(story, "other", **facts)
    story.form("ann@other.example", "tue 16:00", "demo", consent=YES, **ENGINEER)

    assert story.replay().handoffs == [("assigned", "raised_hand", who)]


def test_without_a_yes_to_being_tracked_nothing_counts_but_what_they_ask_for(story: Story) -> None:
    story.form("ann@spree.example", "tue 10:00", **ENGINEER)
    trial(story, "ann@spree.example", "wed 10:00")
    quiet = story.replay()
    story.form("ann@spree.example", "thu 10:00", "contact_sales", **ENGINEER)

    assert quiet.handoffs == []
    assert quiet.of("lead.scores")[-1]["explanation"]["behaviour"] == 0
    assert story.replay().handoffs == [("assigned", "raised_hand", "ida")]


def test_a_customers_question_goes_to_the_support_desk(story: Story) -> None:
    company(story, "spree", when="mon 09:00", relationship="customer", owner_rep_id="uwe")
    story.form("ann@spree.example", "tue 10:00", "support", consent=YES, **ENGINEER)

    assert story.replay().handoffs == [("assigned", "service", "desk:support")]


def test_of_more_mqls_than_a_day_has_room_for_the_rest_come_the_day_after(story: Story) -> None:
    for number in range(7):
        company(story, f"team{number}")
        sign_up(story, f"ann@team{number}.example", "tue 10:00")
        trial(story, f"ann@team{number}.example", f"tue 1{number}:00" if number < 3 else f"tue 13:0{number}")

    tuesday, wednesday = story.replay(until="tue 18:00"), story.replay(until="wed 10:00")

    assert len(tuesday.handoffs) == 5
    assert len(wednesday.handoffs) == 7


def test_interest_is_gone_a_month_after_the_trial(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00")
    story.activity("page_view", "mon6 10:00", email="ann@spree.example")

    last = story.replay().of("lead.scores")[-1]["explanation"]

    assert [line["rule"] for line in last["points"] if line["count"]] == ["page"]
