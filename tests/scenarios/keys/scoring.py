"""Cases for the keys of points without a gate, of joined gates, and of decay by half-life and in steps, and of several events."""

from __future__ import annotations

from typing import Any, Final

from tests.scenarios.keys.tales import Lines, tale
from tests.scenarios.keys.worth import ANN, a_reader_comes_back_three_weeks_later
from tests.scenarios.story import Story

FACTS: Final[dict[str, Any]] = {
    "fit.employees": [{"from": "100", "to": "999", "points": "3"}, {"otherwise": "1"}],
    "fit.revenue": [{"from": "1B", "points": "4"}, {"otherwise": "2"}],
    "fit.country": [{"in": ["CA", "DE"], "points": "3"}, {"otherwise": "1"}],
    "fit.industry": [{"sic": ["6021"], "points": "3"}, {"naics": ["52"], "points": "2"}, {"otherwise": "1"}],
    "fit.functions": [{"in": ["it"], "points": "2"}, {"otherwise": "1"}],
    "fit.free_mail": "-4",
    "fit.role_address": "-3",
    "fit.domains": [{"in": ["edu"], "points": "-5"}, {"otherwise": "1"}],
}


@tale("wed 12:00", FACTS)
def four_people_of_different_companies(story: Story) -> None:
    """A bank of 400 people, a small one, one with a NAICS code in a university's domain, and a person of free mail."""
    story.rep("mia")
    story.bank("harbor", employees=400)
    story.bank("alder", employees=40, sic=["5311"], revenue={"amount": 2_000_000_000, "currency": "USD"})
    story.bank("birch", sic=None, naics=["522110"], country="CA", domains=["birch.edu"])
    story.form(ANN, "tue 10:00", "demo")
    story.form("cfo@alder.example", "tue 10:00", "demo", title="CFO", job_function="finance")
    story.form("bo@birch.edu", "tue 10:00", "demo")
    story.form("info@gmail.com", "tue 10:00", "demo")


_OWN_FACTS: Final[dict[str, Any]] = {
    "fit.age": [{"from": "3", "to": "9", "points": "3"}, {"otherwise": "1"}],
    "fit.product_interest": [{"in": ["*analytics*"], "points": "3"}, {"otherwise": "1"}],
    "fit.fields": [
        {"field": "plan", "in": ["gold", "plat*"], "points": "4"},
        {"field": "plan", "otherwise": "2"},
    ],
}


@tale("wed 12:00", _OWN_FACTS)
def two_people_of_an_old_and_a_young_company(story: Story) -> None:
    """A bank of 2020 on the gold plan, and one of 1890. Its form has a field of the same name."""
    story.rep("mia")
    story.bank("harbor", founded="2020-05-01", fields={"Plan": "Gold"})
    story.bank("alder", founded=1890)
    story.form(ANN, "tue 10:00", "demo", product_interest="Web Analytics")
    story.form("bo@alder.example", "tue 10:00", "demo", product_interest="Mail", fields={"plan": "free"})


@tale(
    "wed 12:00",
    {"gates.size_or_place": {"at_least": "1", "of": ["revenue", "country"]}, "stages.mql.bar": "110"},
)
def a_bank_abroad_and_a_small_one_abroad(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", country="CA")
    story.bank("alder", country="CA", revenue={"amount": 5, "currency": "USD"})
    story.form(ANN, "tue 10:00", "demo")
    story.form("bo@alder.example", "tue 10:00", "demo")


_TEAM: Final[dict[str, Any]] = {
    "behaviour.rules.signup": {"when": {"activity": "signed_up"}, "points": "2"},
    "behaviour.rules.invite": {
        "when": {"activity": "colleague_invited"},
        "at_least_times": "2",
        "within": "2d",
        "points": "3",
    },
    "behaviour.rules.team": {"all_of": ["signup", "invite"], "within": "4d", "points": "4"},
    "stages.mql.or_does": ["team"],
}


@tale("fri 12:00", _TEAM)
def a_team_starts_with_the_product(story: Story) -> None:
    """Ann registers and invites two colleagues on two days."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("signed_up", "tue 10:10", email=ANN)
    story.activity("colleague_invited", "wed 10:10", email=ANN)
    story.activity("colleague_invited", "thu 10:10", email=ANN)


_STARTS: Final = a_team_starts_with_the_product
_OWN: Final = two_people_of_an_old_and_a_young_company
_PEOPLE: Final = four_people_of_different_companies
_RETURN: Final = a_reader_comes_back_three_weeks_later
SCORING: Lines = {
    "behaviour.rules.invite.at_least_times": (_STARTS, "3"),
    "behaviour.rules.invite.within": (_STARTS, "1d"),
    "behaviour.rules.team.all_of": (_STARTS, ["signup", "pricing"]),
    "stages.mql.or_does": (_STARTS, ["rates"]),
    "behaviour.fade.half_life_days": (_RETURN.where({"behaviour.fade": {"half_life_days": "20"}}), "5"),
    "behaviour.fade.steps": (_RETURN.where({"behaviour.fade": {"steps": {"14": "50"}}}), {"14": "20"}),
    "behaviour.groups.content.fade.half_life_days": (
        _RETURN.where({"behaviour.groups.content.fade": {"half_life_days": "20"}}),
        "5",
    ),
    "behaviour.groups.content.fade.steps": (
        _RETURN.where({"behaviour.groups.content.fade": {"steps": {"14": "50"}}}),
        {"14": "20"},
    ),
    "behaviour.rules.form.fade.half_life_days": (
        _RETURN.where({"behaviour.rules.form.fade": {"half_life_days": "20"}}),
        "5",
    ),
    "behaviour.rules.form.fade.steps": (
        _RETURN.where({"behaviour.rules.form.fade": {"steps": {"14": "50"}}}),
        {"14": "20"},
    ),
    "fit.employees[1].points": (_PEOPLE, "5"),
    "fit.employees[1].from": (_PEOPLE, "401"),
    "fit.employees[1].to": (_PEOPLE, "399"),
    "fit.employees[2].otherwise": (_PEOPLE, "0"),
    "fit.country[1].in": (_PEOPLE, ["DE"]),
    "fit.country[1].points": (_PEOPLE, "2"),
    "fit.country[2].otherwise": (_PEOPLE, "0"),
    "fit.industry[1].sic": (_PEOPLE, ["6022"]),
    "fit.industry[1].points": (_PEOPLE, "5"),
    "fit.industry[2].naics": (_PEOPLE, ["53"]),
    "fit.industry[3].otherwise": (_PEOPLE, "0"),
    "fit.functions[1].in": (_PEOPLE, ["finance"]),
    "fit.functions[1].points": (_PEOPLE, "1"),
    "fit.functions[2].otherwise": (_PEOPLE, "0"),
    "fit.revenue[1].from": (_PEOPLE, "3B"),
    "fit.revenue[1].to": (_PEOPLE, "1500M"),
    "fit.revenue[1].points": (_PEOPLE, "5"),
    "fit.revenue[2].otherwise": (_PEOPLE, "0"),
    "fit.free_mail": (_PEOPLE, "0"),
    "fit.role_address": (_PEOPLE, "outside"),
    "fit.domains[1].in": (_PEOPLE, ["ac.uk"]),
    "fit.domains[1].points": (_PEOPLE, "-4"),
    "fit.domains[2].otherwise": (_PEOPLE, "0"),
    "fit.age[1].points": (_OWN, "2"),
    "fit.age[1].from": (_OWN, "7"),
    "fit.age[1].to": (_OWN, "5"),
    "fit.age[2].otherwise": (_OWN, "0"),
    "fit.product_interest[1].points": (_OWN, "2"),
    "fit.product_interest[1].in": (_OWN, ["analytics"]),
    "fit.product_interest[2].otherwise": (_OWN, "0"),
    "fit.fields[1].field": (
        _OWN.where({"fit.fields": [{"field": "plan", "in": ["gold"], "points": "4"}]}),
        "tier",
    ),
    "fit.fields[1].points": (_OWN, "3"),
    "fit.fields[1].in": (_OWN, ["silver"]),
    "fit.fields[2].otherwise": (_OWN, "outside"),
    "gates.size_or_place.at_least": (
        a_bank_abroad_and_a_small_one_abroad.where(
            {
                "gates.size_or_place": {"at_least": "2", "of": ["industry", "revenue", "country"]},
                "stages.mql.bar": "90",
            }
        ),
        "1",
    ),
    "gates.size_or_place.of": (a_bank_abroad_and_a_small_one_abroad, ["revenue", "industry"]),
}
