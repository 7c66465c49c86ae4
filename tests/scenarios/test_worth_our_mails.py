"""Outbound e-mail events: they are not visits, earn no points and do not set the campaign of a lead."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY, Results, Story

ANN = "ann@harbor.example"


@pytest.fixture
def harbor(story: Story) -> Story:
    """A bank, a rep, and Ann who came through an advertisement on Monday morning."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "mon 09:00", campaign={"name": "advertisement"})
    return story


def rules(results: Results) -> set[str]:
    """Return the rules that count in the last score."""
    return {line["rule"] for line in results.of("lead.scores")[-1]["explanation"]["points"] if line["count"]}


def test_a_newsletter_to_two_colleagues_does_not_make_a_buying_group(harbor: Story) -> None:
    harbor.form("cfo@harbor.example", "mon 10:00", title="CFO", job_function="finance")
    harbor.form("sam@harbor.example", "mon 11:00", title="Data Architect")
    for colleague in ("cfo@harbor.example", "sam@harbor.example"):
        harbor.activity("email_sent", "mon8 10:00", email=colleague)
    harbor.much_interest(ANN, "tue8 10:00")

    (handoff,) = harbor.replay().of("lead.routing")

    assert "buying_group" not in handoff
    assert {one["last_active_at"][:10] for one in handoff["colleague_roles"]} == {"2026-03-02"}


def test_an_outbound_mail_does_not_replace_the_campaign_of_a_lead(harbor: Story) -> None:
    harbor.activity("email_delivered", "mon 10:00", email=ANN, campaign={"name": "march letter"})
    harbor.form(ANN, "mon 11:00", "demo")

    assert harbor.replay().of("lead.routing")[0]["campaign"]["name"] == "advertisement"


@pytest.mark.parametrize(("next_thing", "counts"), [("email_sent", False), ("poll_answered", True)])
def test_an_outbound_mail_does_not_end_a_video(harbor: Story, next_thing: str, counts: bool) -> None:
    harbor.activity("video_watched", "tue 10:00", email=ANN)
    harbor.activity(next_thing, "tue 10:05", email=ANN)

    assert ("video" in rules(harbor.replay())) is counts


@pytest.mark.parametrize("expires", [True, False])
def test_an_outbound_mail_of_a_campaign_earns_no_points(harbor: Story, expires: bool) -> None:
    text = POLICY.read_text("utf-8").replace(
        "    click:  ", '    spring: {when: {campaign: "spring*"}, points: 5}\n    click:  '
    )
    if not expires:
        begin = text.index("  expired: {days_without_touch")
        text = text[:begin] + text[text.index("\n", begin) + 1 :]
        text = text.replace("for {stages.expired.days_without_touch} days", "for long")
    harbor.policy(text)
    harbor.activity("email_sent", "tue 10:00", email=ANN, campaign={"name": "spring"})
    sent = rules(harbor.replay())
    harbor.activity("email_clicked", "tue 11:00", email=ANN, campaign={"name": "spring"})

    assert "spring" not in sent
    assert "spring" in rules(harbor.replay())
