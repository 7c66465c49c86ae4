"""People are excluded by a domain of the policy, whatever the primary domain of the account that has them.

Each person asks for a demo. An excluded one gets no hand-off, no points and the stage ``disqualified``. The colleague
who is not excluded gets a rep.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.story import POLICY, Story

OWN, RIVAL = "own_domain", "excluded"
LISTED = "own_domains: [our-own.example]"


def a_story(tmp_path: Path, never: str) -> Story:
    text = POLICY.read_text("utf-8")
    assert LISTED in text
    story = Story(tmp_path)
    story.policy(text.replace(LISTED, never))
    story.rep("mia")
    story.rep("dana", at_desk=False)
    return story


def outcome(story: Story) -> tuple[str, list[str], bool, int]:
    """Return (stage, reasons of the last score, whether there is an open hand-off, behaviour) of the only lead."""
    results = story.replay()
    explained = results.of("lead.scores")[-1]
    handoffs = results.of("lead.routing")
    is_open = bool(handoffs) and handoffs[-1].get("assignee") is not None
    why = explained["explanation"]
    return explained["stage"], why["reasons"], is_open, why["behaviour"]


NEVER_RIVAL = f"{LISTED}\n    domains: [rival.example]"
SEVERAL = ["bank.example", "rival.example"]
SEVERAL_OWN = ["bank.example", "our-own.example"]


@pytest.mark.parametrize(
    ("never", "domains", "email", "reason"),
    [
        pytest.param(NEVER_RIVAL, None, "ann@rival.example", RIVAL, id="no account"),
        pytest.param(NEVER_RIVAL, ["rival.example"], "ann@rival.example", RIVAL, id="the only domain"),
        pytest.param(NEVER_RIVAL, SEVERAL, "ann@rival.example", RIVAL, id="another primary domain"),
        pytest.param(NEVER_RIVAL, SEVERAL, "ann@bank.example", RIVAL, id="a colleague at the primary domain"),
        pytest.param(NEVER_RIVAL, SEVERAL[::-1], "ann@bank.example", RIVAL, id="a colleague at the second domain"),
        pytest.param(NEVER_RIVAL, None, "ann@uk.rival.example", RIVAL, id="a subdomain"),
        pytest.param(NEVER_RIVAL, SEVERAL, "Ann@UK.Rival.Example", RIVAL, id="a subdomain in capitals"),
        pytest.param(NEVER_RIVAL, ["bank.example", "uk.rival.example"], "ann@bank.example", RIVAL, id="a site below it"),
        pytest.param(
            f"{LISTED}\n    domains: [uk.bank.example]", ["bank.example"], "ann@uk.bank.example", RIVAL, id="only a subdomain is listed"
        ),
        pytest.param(f"{LISTED}\n    domains: [gmail.com]", None, "ann@gmail.com", RIVAL, id="a provider of free mail"),
        pytest.param(LISTED, SEVERAL_OWN, "ann@our-own.example", OWN, id="our own people at another account"),
        pytest.param(LISTED, SEVERAL_OWN[::-1], "ann@our-own.example", OWN, id="our own account"),
        pytest.param(LISTED, None, "ann@shop.our-own.example", OWN, id="our own subdomain"),
    ],
)  # fmt: skip
def test_a_person_is_excluded_by_any_domain(
    tmp_path: Path, never: str, domains: list[str] | None, email: str, reason: str
) -> None:
    story = a_story(tmp_path, never)
    if domains is not None:
        story.bank("bank", domains=domains)
    story.form(email, "mon 10:00", "demo")

    stage, reasons, is_open, behaviour = outcome(story)

    assert (stage, reasons, is_open, behaviour) == ("disqualified", [reason], False, 0)


@pytest.mark.parametrize(
    ("never", "domains", "email"),
    [
        pytest.param(LISTED, SEVERAL_OWN, "ann@bank.example", id="a customer that lists our domain"),
        pytest.param(NEVER_RIVAL, ["bank.example"], "ann@bank.example", id="another company"),
        pytest.param(NEVER_RIVAL, ["notrival.example"], "ann@notrival.example", id="a domain that only ends alike"),
        pytest.param(f"{LISTED}\n    domains: [uk.bank.example]", ["bank.example"], "ann@bank.example", id="above the listed"),
    ],
)  # fmt: skip
def test_no_other_person_is_excluded(tmp_path: Path, never: str, domains: list[str], email: str) -> None:
    story = a_story(tmp_path, never)
    story.bank("bank", domains=domains)
    story.form(email, "mon 10:00", "demo")

    stage, reasons, is_open, _ = outcome(story)

    assert (stage, reasons, is_open) == ("mql", ["raised_hand", "all_gates_passed"], True)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        pytest.param([("contact", "ann@rival.example", {"crm_account_id": "ACC-bank"})], RIVAL, id="contact"),
        pytest.param(
            [("contact", "ann@our-own.example", {"crm_account_id": "ACC-bank"})], OWN, id="own contact"
        ),
    ],
)
def test_a_contact_of_another_account_is_excluded_by_the_address(
    tmp_path: Path, events: list[tuple[str, str, dict[str, Any]]], reason: str
) -> None:
    story = a_story(tmp_path, NEVER_RIVAL)
    story.bank("bank", domains=["bank.example"])
    story.form("bob@bank.example", "mon 09:30", "demo")
    for _, email, facts in events:
        story.contact(email, **facts)
        story.form(email, "mon 10:00", "demo")
        story.chat("asked_for_sales", "mon 10:05", email=email)

    results = story.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert results.of("lead.scores")[-1]["explanation"]["reasons"] == [reason]
    assert [one["reply"] for one in results.of("chat.answers")] == ["nobody"]


def test_a_support_question_of_our_own_people_reaches_no_desk(tmp_path: Path) -> None:
    story = a_story(tmp_path, LISTED)
    story.bank("bank", domains=SEVERAL_OWN, relationship="customer", owner_rep_id="mia")
    story.form("ann@our-own.example", "mon 10:00", "support")

    assert story.replay().handoffs == []
