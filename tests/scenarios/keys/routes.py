"""Cases for the keys of routes, territories, owners, partners and matching by company name."""

from __future__ import annotations

from typing import Any, Final

from tests.scenarios.keys.tales import Lines, Tale, tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story

PHONE: Final = "+1 503 555 0100"
TERRITORY: Final = "routes[9].if"
DEALERS: Final = "partners.island_dealers"


def _reps(story: Story) -> None:
    """Add Mia at inside sales, Wes at the west desk, Carla at the service desk, and Olga and Pavel who own accounts."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("wes", desks=[{"desk": "west"}])
    story.rep("carla", desks=[{"desk": "customer_service"}])
    for rep_id in ("olga", "pavel"):
        story.rep(rep_id, at_desk=False)


@tale("tue 11:00")
def somebody_of_oregon_asks_for_a_demo(story: Story) -> None:
    """The bank has a hundred employees. The person asks in Spanish, after a look at prices."""
    _reps(story)
    story.bank("harbor", region="OR", employees=100, founded=2020, fields={"plan": "Gold"})
    story.activity("page_view", "tue 09:00", email=ANN, url="https://x.example/pricing")
    story.form(ANN, "tue 10:00", "demo", postal_code="97201", language="es", product_interest="Web Analytics")


@tale("tue 11:00")
def somebody_of_a_campaign_asks_for_a_demo(story: Story) -> None:
    _reps(story)
    story.bank("harbor", naics=["522110"])
    named = {"name": "cio-roundtable", "source": "linkedin", "medium": "paid"}
    story.form(ANN, "tue 10:00", "demo", campaign=named)


@tale("mon2 12:00")
def a_rep_worked_it_last_week(story: Story) -> None:
    _reps(story)
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("rejected", ANN, "tue 10:10", reason="not_now")
    story.form("bob@harbor.example", "mon2 10:00", "demo")


@tale("tue 11:00", {"routes[3].without_owner": "desk west"})
def a_customer_whom_nobody_owns(story: Story) -> None:
    _reps(story)
    story.bank("harbor", relationship="customer")
    story.form(ANN, "tue 10:00")


@tale("tue 11:00")
def a_customer_reads_prices(story: Story) -> None:
    _reps(story)
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    story.activity("page_view", "tue 10:00", email=ANN, url="https://x.example/pricing")


@tale("tue 12:00")
def a_question_is_asked_for_the_first_time(story: Story) -> None:
    """Ann asks for support. Her company is not a customer."""
    _reps(story)
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "support")


@tale("tue 12:00")
def own_words_are_used(story: Story) -> None:
    """A form asks for an "Angebot", and Bob is rejected for "No budget"."""
    _reps(story)
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "Angebot")
    story.bank("mesa")
    story.form("bob@mesa.example", "tue 10:00", "demo")
    story.sales("rejected", "bob@mesa.example", "tue 10:30", reason="No budget")


@tale("tue 11:00")
def somebody_with_free_mail_names_a_company(story: Story) -> None:
    """The phone number of the form is that of the company."""
    _reps(story)
    story.bank("harbor", name="Harbor Bank", owner_rep_id="olga", phone=PHONE)
    story.form("ann@gmail.com", "tue 10:00", "demo", company="Harbor Bank", phone=PHONE)


@tale("tue 11:00")
def a_subsidiary_that_a_queue_owns(story: Story) -> None:
    """The parent company has a rep as owner."""
    _reps(story)
    story.rep("queue_east", at_desk=False)
    story.bank("group", owner_rep_id="olga")
    story.bank("harbor", parent_crm_account_id="ACC-group", owner_rep_id="queue_east")
    story.form(ANN, "tue 10:00", "demo")


@tale("fri 12:00", {f"{DEALERS}.gets": "mql"})
def a_distributor_of_hawaii_is_to_answer(story: Story) -> None:
    """The dealers get the lead on Tuesday at 09:30, and do not answer."""
    _reps(story)
    story.bank("harbor", region="HI", relationship="distributor")
    story.form(ANN, "tue 09:30", "demo", first_name="Ann")


@tale(
    "thu2 12:00", {f"{DEALERS}.gets": "mql", f"{DEALERS}.answer_within": {"raised_hand": "1d", "mql": "5d"}}
)
def dealers_of_hawaii_are_to_answer_two_leads(story: Story) -> None:
    """Ann of one bank asks for a demo, and Bob of another bank reads much. The dealers answer neither."""
    _reps(story)
    story.bank("harbor", region="HI")
    story.bank("mesa", region="HI")
    story.form(ANN, "tue 09:30", "demo")
    story.form("bob@mesa.example", "tue 10:00")
    story.much_interest("bob@mesa.example", "tue 10:05")


def _covers(**condition: object) -> dict[str, Any]:
    """Return the dealers with this condition only, without a region."""
    return {DEALERS: {**condition, "gets": "mql", "answer_within": "16h", "then": "return", "sees": ["name"]}}


def _with_rivals(**terms: str) -> Tale:
    """Return the tale of two leads with rival dealers of Hawaii, and further terms of the dealers. Ann comes first."""
    rivals = {"regions": ["HI"], "gets": "mql", "answer_within": "5d", "then": "return", "sees": ["name"]}
    if "level" in terms:
        rivals["level"] = terms["level"]
    return dealers_of_hawaii_are_to_answer_two_leads.where(
        {"partners.rivals": rivals, **{f"{DEALERS}.{key}": value for key, value in terms.items()}}
    )


def _asks(**condition: object) -> dict[str, Any]:
    """Return the route line of the west desk with this condition only."""
    return {TERRITORY: condition}


def _also_to(desk: str) -> dict[str, Any]:
    """Return a route line to this desk, so that the desk stays reachable."""
    return {"routes[8]": {"if": {"regions": ["AK"]}, "to": f"desk {desk}"}}


_WEST: Final = "region,to\nOR,desk west\n"
_REST: Final = "region,to\nOR,desk customer_service\nHI,desk west\n"
A_REP_HAS_OREGON: Final = {
    "routes[9]": {"table": "west.csv"},
    "tables": {"west.csv": "region,to\nOR,rep olga\nHI,desk west\n"},
}
AN_SDR_WORKS: Final = {"owners.sdrs": {"olga": "pavel"}, "routes[5].to": "owner's sdr"}
_CAMPAIGN = somebody_of_a_campaign_asks_for_a_demo
_OREGON = somebody_of_oregon_asks_for_a_demo
_DEALERS = a_distributor_of_hawaii_is_to_answer
_NAMES = somebody_with_free_mail_names_a_company
_NAMED: Final = {"conditions": {"demo": {"asks_for": ["demo"]}, "price": {"asks_for": ["pricing"]}}}
_USES_ALL: Final = {"routes[8]": {"if": {"is": ["demo", "price"], "regions": ["AK"]}, "to": "desk west"}}


ROUTES: Lines = {
    f"{TERRITORY}.regions": (_OREGON, ["CA", "WA"]),
    f"{TERRITORY}.countries": (_OREGON.where(_asks(countries=["US"])), ["CA"]),
    f"{TERRITORY}.postal_codes": (_OREGON.where(_asks(postal_codes=["972"])), ["973"]),
    f"{TERRITORY}.languages": (_OREGON.where(_asks(languages=["es"])), ["fr"]),
    f"{TERRITORY}.revenue.from": (_OREGON.where(_asks(revenue={"from": "900M"})), "901M"),
    f"{TERRITORY}.revenue.to": (_OREGON.where(_asks(revenue={"to": "900M"})), "899M"),
    f"{TERRITORY}.employees.from": (_OREGON.where(_asks(employees={"from": "100"})), "101"),
    f"{TERRITORY}.employees.to": (_OREGON.where(_asks(employees={"to": "100"})), "99"),
    f"{TERRITORY}.grades": (_OREGON.where(_asks(grades=["A3"])), ["A2"]),
    f"{TERRITORY}.total.from": (_OREGON.where(_asks(total={"from": "118"})), "119"),
    f"{TERRITORY}.total.to": (_OREGON.where(_asks(total={"to": "118"})), "117"),
    f"{TERRITORY}.signals": (_OREGON.where(_asks(signals=["pricing"])), ["webinar"]),
    f"{TERRITORY}.asks_for": (_OREGON.where(_asks(asks_for=["demo"])), ["pricing"]),
    f"{TERRITORY}.kinds": (_OREGON.where(_asks(kinds=["raised_hand"])), ["mql"]),
    f"{TERRITORY}.qualification": (_OREGON.where(_asks(qualification=["mql"])), ["pending"]),
    f"{TERRITORY}.industry.sic": (_OREGON.where(_asks(industry={"sic": ["6021"]})), ["6022"]),
    f"{TERRITORY}.industry.naics": (_CAMPAIGN.where(_asks(industry={"naics": ["522"]})), ["523"]),
    f"{TERRITORY}.relationship": (_OREGON.where(_asks(relationship=["prospect"])), ["partner"]),
    f"{TERRITORY}.functions": (_OREGON.where(_asks(functions=["it"])), ["finance"]),
    f"{TERRITORY}.titles": (_OREGON.where(_asks(titles=["executive"])), ["manager"]),
    f"{TERRITORY}.free_mail": (_OREGON.where(_asks(free_mail="no")), "yes"),
    f"{TERRITORY}.campaigns": (_CAMPAIGN.where(_asks(campaigns=["cio-*"])), ["cfo-*"]),
    f"{TERRITORY}.sources": (_CAMPAIGN.where(_asks(sources=["linkedin"])), ["google"]),
    f"{TERRITORY}.mediums": (_CAMPAIGN.where(_asks(mediums=["paid"])), ["organic"]),
    f"{TERRITORY}.forms": (_OREGON.where(_asks(forms=["*"])), ["trial"]),
    f"{TERRITORY}.age.from": (_OREGON.where(_asks(age={"from": "6"})), "7"),
    f"{TERRITORY}.age.to": (_OREGON.where(_asks(age={"to": "6"})), "5"),
    f"{TERRITORY}.product_interest": (_OREGON.where(_asks(product_interest=["*analytics"])), ["mail"]),
    f"{TERRITORY}.fields": (_OREGON.where(_asks(fields={"plan": ["gold"]})), {"plan": ["free"]}),
    f"{TERRITORY}.unknown": (a_rep_worked_it_last_week.where(_asks(unknown=["region"])), ["country"]),
    "conditions.here.asks_for": (
        _OREGON.where(_asks(**{"is": ["here"]}) | {"conditions": {"here": {"asks_for": ["demo"]}}}),
        ["pricing"],
    ),
    f"{TERRITORY}.is": (_OREGON.where(_asks(**{"is": ["demo"]}) | _NAMED | _USES_ALL), ["price"]),
    f"{TERRITORY}.is_not": (_OREGON.where(_asks(is_not=["price"]) | _NAMED | _USES_ALL), ["demo"]),
    "routes[9].table": (
        _OREGON.where({"routes[9]": {"table": "west.csv"}, "tables": {"west.csv": _WEST}}),
        "rest.csv",
        {"tables": {"rest.csv": _REST}},
    ),
    "tables": (
        _OREGON.where({"routes[9]": {"table": "west.csv"}, "tables": {"west.csv": _WEST}}),
        {"west.csv": _REST},
    ),
    "routes[9].to": (_OREGON.where(_also_to("west")), "desk customer_service"),
    "routes[7].for_days": (a_rep_worked_it_last_week, "3"),
    "routes[2].of": (a_question_is_asked_for_the_first_time, "anyone"),
    "routes[3].points": (a_customer_reads_prices.where({"routes[3].points": "3"}), "20"),
    "routes[3].signals": (a_customer_reads_prices.where({"routes[3].signals": ["pricing"]}), ["webinar"]),
    "routes[3].only": (a_customer_reads_prices, "asks_for_sales"),
    "routes[3].without_owner": (a_customer_whom_nobody_owns, "desk customer_service"),
    "routes[10].otherwise": (a_rep_worked_it_last_week.where(_also_to("inside_sales")), "desk west"),
    "matching.company_name.demands": (
        _NAMES.where({"matching.company_name.demands": ["phone"]}),
        ["postal_code"],
    ),
    "matching.company_name.proven_by": (_NAMES, ["postal_code"]),
    "owners.not_people": (a_subsidiary_that_a_queue_owns, ["robot"]),
    "desks.inside_sales.answer_within.when": (
        a_rep_worked_it_last_week.where(
            {
                "conditions": {"demo": {"asks_for": ["demo"]}},
                "desks.inside_sales.answer_within.when": {"demo": "20m"},
            }
        ),
        {"demo": "10m"},
    ),
    "words.requests": (
        own_words_are_used.where({"words.requests": {"angebot": "demo"}}),
        {"angebot": "content"},
    ),
    "words.reasons": (
        own_words_are_used.where({"words.reasons": {"no_budget": "bad_data"}}),
        {"no_budget": "not_now"},
    ),
    "owners.sdrs": (
        a_subsidiary_that_a_queue_owns.where(AN_SDR_WORKS),
        {"dana": "pavel"},
    ),
    "owners.subsidiaries": (a_subsidiary_that_a_queue_owns, "own_owner_only"),
    f"{DEALERS}.regions": (_DEALERS, ["AK"]),
    f"{DEALERS}.countries": (_DEALERS.where(_covers(countries=["US"])), ["CA"]),
    f"{DEALERS}.accounts": (_DEALERS.where(_covers(accounts=["ACC-harbor"])), ["ACC-mesa"]),
    f"{DEALERS}.relationship": (_DEALERS.where(_covers(relationship=["distributor"])), ["partner"]),
    f"{DEALERS}.level": (_with_rivals(level="gold"), "silver", {f"{DEALERS}.most_open": "5"}),
    f"{DEALERS}.weight": (_with_rivals(level="gold", weight="1"), "100"),
    f"{DEALERS}.most_open": (_with_rivals(most_open="1"), "2"),
    f"{DEALERS}.gets": (_DEALERS, "sql"),
    f"{DEALERS}.answer_within.raised_hand": (dealers_of_hawaii_are_to_answer_two_leads, "2d"),
    f"{DEALERS}.answer_within.mql": (dealers_of_hawaii_are_to_answer_two_leads, "3d"),
    f"{DEALERS}.calendar": (_DEALERS.where({f"{DEALERS}.calendar": "east"}), "west"),
    f"{DEALERS}.then": (_DEALERS, "report"),
    f"{DEALERS}.sees": (_DEALERS, ["company"]),
}
