"""Cases for the keys of stages and nurture paths."""

from __future__ import annotations

from typing import Final

from tests.scenarios.keys.tales import LEFT_OUT, Lines, tale
from tests.scenarios.keys.worth import ANN, PRICES, a_chief_reads_much, three_of_one_bank
from tests.scenarios.story import Story

NO_THRESHOLD: Final = {
    "stages.mql.bar": LEFT_OUT,
    "definitions": {"mql": "Answered a campaign.", "sql": "Need and timing confirmed."},
}
"""The changes of a policy without a threshold."""
ROUNDTABLE: Final = {"name": "cio-roundtable-9"}


@tale("wed 12:00")
def an_invitation_is_answered(story: Story) -> None:
    """Ann registers for a round table."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("webinar_registered", "tue 10:10", email=ANN, campaign=ROUNDTABLE)


@tale("fri 12:00")
def sales_says_not_now_and_she_reads_on(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:05")
    story.sales("touched", ANN, "tue 11:00", channel="call")
    story.sales("rejected", ANN, "wed 10:00", reason="not_now")
    story.activity("download", "thu 10:00", times=2, email=ANN)


@tale("fri 12:00")
def sales_says_that_three_are_of_no_use(story: Story) -> None:
    """Three rejections: the wrong person, bad data, a duplicate."""
    story.rep("mia")
    for number, reason in enumerate(("wrong_person", "bad_data", "duplicate")):
        story.bank(f"bank{number}")
        story.form(f"ann@bank{number}.example", f"tue 1{number}:00", "demo")
        story.sales("rejected", f"ann@bank{number}.example", f"tue 1{number}:10", reason=reason)


@tale("mon5 12:00", {"stages.expired.days_without_touch": "10"})
def nobody_touches_a_lead(story: Story) -> None:
    """After a form only an outbound mail follows."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("email_sent", "fri 10:00", email=ANN)


@tale("wed 12:00")
def a_deal_is_opened(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("accepted", ANN, "tue 10:10")
    story.sales("opportunity_opened", ANN, "tue 10:20")


@tale("mon2 12:00")
def one_reads_and_one_comes_back(story: Story) -> None:
    """Ann reads some prices; sales rejects Bob."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("page_view", "tue 10:10", times=3, email=ANN, url=PRICES)
    story.activity("download", "tue 10:20", email=ANN)
    story.bank("mesa")
    story.form("bob@mesa.example", "tue 11:00", "demo")
    story.sales("rejected", "bob@mesa.example", "wed 11:00", reason="not_now")


def _path(**condition: object) -> dict[str, object]:
    """Return the first line of the paths with this condition only."""
    return {"paths[1]": {"if": condition, "path": "special"}}


_NAMED: Final = {
    "conditions": {"cio": {"titles": ["executive"]}, "manager": {"titles": ["manager"]}},
    "paths[2]": {"if": {"is": ["cio", "manager"], "stages": ["outside"]}, "path": "others"},
}

_OWN_STAGES: Final = {
    "stages.own": [{"name": "Interested", "from": "100"}, {"name": "Engaged", "from": "120"}]
}
STAGES: Lines = {
    "stages.mql.bar": (a_chief_reads_much, "140"),
    "stages.mql.or_responds_to.campaigns": (an_invitation_is_answered, ["cfo-roundtable*"]),
    "stages.mql.or_responds_to.by": (an_invitation_is_answered, ["webinar_attended"]),
    "stages.again.new_points": (sales_says_not_now_and_she_reads_on, "17"),
    "stages.expired.days_without_touch": (nobody_touches_a_lead, "12"),
    "stages.expired.no_touch": (nobody_touches_a_lead, ["email_delivered"]),
    "stages.opportunity.probability_percent": (a_deal_is_opened, "20"),
    "stages.buying_group.people": (three_of_one_bank, "4"),
    "stages.buying_group.within_days": (three_of_one_bank, "1"),
    "stages.sales_says_no.wrong_person": (sales_says_that_three_are_of_no_use, "recycled"),
    "stages.sales_says_no.bad_data": (sales_says_that_three_are_of_no_use, "recycled"),
    "stages.sales_says_no.duplicate": (sales_says_that_three_are_of_no_use, "recycled"),
    "stages.attempts_before_no": (sales_says_not_now_and_she_reads_on, "1"),
    "stages.own[1].name": (a_chief_reads_much.where(_OWN_STAGES), "Curious"),
    "stages.own[1].from": (a_chief_reads_much.where(_OWN_STAGES), "119"),
    "stages.names.recycled": (sales_says_not_now_and_she_reads_on, "given back"),
    "stages.crm_names.mql": (a_chief_reads_much, "Qualified"),
    "paths[1].if.stages": (one_reads_and_one_comes_back, ["expired"]),
    "paths[1].if.grades": (one_reads_and_one_comes_back.where(_path(grades=["A2"])), ["A1"]),
    "paths[1].if.total.from": (one_reads_and_one_comes_back.where(_path(total={"from": "126"})), "127"),
    "paths[1].if.total.to": (one_reads_and_one_comes_back.where(_path(total={"to": "114"})), "113"),
    "paths[1].if.signals": (one_reads_and_one_comes_back.where(_path(signals=["pricing"])), ["webinar"]),
    "paths[1].if.is": (one_reads_and_one_comes_back.where(_path(**{"is": ["cio"]}) | _NAMED), ["manager"]),
    "paths[1].if.is_not": (one_reads_and_one_comes_back.where(_path(is_not=["manager"]) | _NAMED), ["cio"]),
    "paths[1].path": (one_reads_and_one_comes_back, "call_again"),
    "paths[3].otherwise": (one_reads_and_one_comes_back, "letters"),
}
