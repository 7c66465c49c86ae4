"""Names and definitions of the stages, from the policy and in the words of the CRM."""

from __future__ import annotations

from tests.scenarios.story import Story

ANN = "ann@harbor.example"


def test_each_stage_has_its_name_in_the_crm(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:05")
    story.sales("accepted", ANN, "tue 11:00")
    story.sales("sales_qualified", ANN, "wed 11:00")

    changes = story.replay().of("lead.stages")

    assert [(one["to_stage"], one.get("stage_words", {}).get("crm_name")) for one in changes] == [
        ("known", None),
        ("nurture", "Nurturing"),
        ("mql", "Marketing Qualified"),
        ("sal", "Working"),
        ("sql", "Sales Qualified"),
    ]


def test_a_definition_contains_the_numbers_of_the_policy(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:00")

    handoff = story.replay().of("lead.routing")[0]

    assert handoff["stage"] == "mql"
    assert handoff["stage_words"]["definition"].startswith(
        "Passes every gate of market and person, and has 135 points"
    )
    assert "name" not in handoff["stage_words"]


def test_a_stage_has_its_name_in_the_policy(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("accepted", ANN, "tue 11:00")

    assert story.replay().of("lead.stages")[-1]["stage_words"]["name"] == "accepted by sales"
