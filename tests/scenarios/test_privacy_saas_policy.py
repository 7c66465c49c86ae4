"""The second policy of this repository: a product company with self-service sign-ups and territories, without industries."""

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
    """Add a company of the served market. The CRM knows neither its industry nor its revenue."""
    given = {"sic": None, "revenue": None, "employees": 50, "country": "DE"} | facts
    story.bank(name, **given)


def sign_up(story: Story, email: str, when: str, **more: Any) -> None:
    story.form(email, when, form_id="signup", consent=YES, **ENGINEER | more)
    story.activity("signed_up", when, email=email)


def use_trial(story: Story, email: str, when: str) -> None:
    """Add activities of serious interest: colleagues invited and projects created."""
    story.activity("invited_colleague", when, times=3, email=email)
    story.activity("project_created", when, times=2, email=email)


def test_the_saas_policy_passes_its_checks() -> None:
    policy, _ = load_policy_file(SAAS)
    assert policy.name == "saas-self-service"
    assert policy.served_market.industry is None
    assert policy.behaviour.cap < policy.lowest_fit


def test_a_lead_who_uses_the_trial_becomes_an_mql_without_a_request(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00")
    use_trial(story, "ann@spree.example", "wed 10:00")

    assert story.replay().handoffs == [("assigned", "mql", "ida")]


def test_signing_up_alone_is_not_enough(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00")

    results = story.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "nurture"


@pytest.mark.parametrize(("employees", "country"), [(19, "DE"), (2001, "DE"), (50, "JP")])
def test_a_company_outside_the_served_market_stays_outside_for_any_behaviour(
    story: Story, employees: int, country: str
) -> None:
    company(story, "other", employees=employees, country=country)
    sign_up(story, "ann@other.example", "tue 10:00")
    use_trial(story, "ann@other.example", "wed 10:00")

    results = story.replay()

    assert results.stages[-1] == "outside"
    assert results.handoffs == []


@pytest.mark.parametrize(("employees", "reached"), [(20, True), (2000, True)])
def test_the_bounds_of_the_served_market_are_inclusive(
    story: Story, employees: int, *, reached: bool
) -> None:
    company(story, "other", employees=employees)
    sign_up(story, "ann@other.example", "tue 10:00")
    use_trial(story, "ann@other.example", "wed 10:00")

    assert ("mql" in story.replay().stages) is reached


def test_a_lead_waits_until_its_companys_size_is_known(story: Story) -> None:
    company(story, "other", employees=None)
    sign_up(story, "ann@other.example", "tue 10:00")
    use_trial(story, "ann@other.example", "wed 10:00")
    waiting = story.replay()
    company(story, "other", when="thu 09:00", employees=80)

    results = story.replay()

    assert waiting.stages[-1] == "waiting_for_facts"
    cleared = [e["fact"] for e in waiting.of("lead.alerts") if e["cleared"]]
    assert {e["fact"] for e in waiting.of("lead.alerts")} - set(cleared) == {"employees"}
    assert results.handoffs == [("assigned", "mql", "ida")]


def test_a_student_is_never_an_mql(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00", title="Student, Software Engineering")
    use_trial(story, "ann@spree.example", "wed 10:00")

    assert story.replay().stages[-1] == "outside"


@pytest.mark.parametrize(
    ("facts", "assignee"),
    [
        ({"country": "US"}, "sam"),
        ({"country": "CA", "employees": 1500}, "sam"),
        ({"country": "AT", "employees": 800}, "kai"),
        ({"country": "AT", "employees": 400}, "ida"),
        ({"country": "FR", "employees": 800}, "ida"),
    ],
)
def test_raised_hands_go_to_the_desk_of_their_territory(
    story: Story, facts: dict[str, Any], assignee: str
) -> None:
    company(story, "other", **facts)
    story.form("ann@other.example", "tue 16:00", "demo", consent=YES, **ENGINEER)

    assert story.replay().handoffs == [("assigned", "raised_hand", assignee)]


def test_without_consent_to_tracking_only_a_request_counts(story: Story) -> None:
    story.form("ann@spree.example", "tue 10:00", **ENGINEER)
    use_trial(story, "ann@spree.example", "wed 10:00")
    without_request = story.replay()
    story.form("ann@spree.example", "thu 10:00", "contact_sales", **ENGINEER)

    assert without_request.handoffs == []
    assert without_request.of("lead.scores")[-1]["explanation"]["behaviour"] == 0
    assert story.replay().handoffs == [("assigned", "raised_hand", "ida")]


def test_a_customers_question_goes_to_the_support_desk(story: Story) -> None:
    company(story, "spree", when="mon 09:00", relationship="customer", owner_rep_id="uwe")
    story.form("ann@spree.example", "tue 10:00", "support", consent=YES, **ENGINEER)

    assert story.replay().handoffs == [("assigned", "service", "desk:support")]


def test_mqls_beyond_the_days_capacity_are_assigned_the_next_day(story: Story) -> None:
    for number in range(7):
        company(story, f"team{number}")
        sign_up(story, f"ann@team{number}.example", "tue 10:00")
        use_trial(
            story, f"ann@team{number}.example", f"tue 1{number}:00" if number < 3 else f"tue 13:0{number}"
        )

    tuesday, wednesday = story.replay(until="tue 18:00"), story.replay(until="wed 10:00")

    assert len(tuesday.handoffs) == 5
    assert len(wednesday.handoffs) == 7


def test_points_are_gone_a_month_after_the_trial(story: Story) -> None:
    sign_up(story, "ann@spree.example", "tue 10:00")
    story.activity("page_view", "mon6 10:00", email="ann@spree.example")

    last = story.replay().of("lead.scores")[-1]["explanation"]

    assert [line["rule"] for line in last["points"] if line["count"]] == ["page"]
