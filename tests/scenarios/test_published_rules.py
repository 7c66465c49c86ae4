"""Rule sets that companies publish: each passes the check with the documented changes, and decides its history as published."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.scenarios.story import Results, Story
from workers.policy.load import PolicyError, load_policy, load_policy_file

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "tests" / "fixtures" / "published"
PAGE = (ROOT / "docs" / "published-rules.md").read_text("utf-8")
SETS = ("devtools", "analytics", "banks_no_scoring", "channel")


def accepted_file(name: str) -> Path:
    """Return the file of a set that passes the check: the changed one, if there is one."""
    changed = PUBLISHED / f"{name}.yaml"
    return changed if changed.exists() else PUBLISHED / f"{name}.as_published.yaml"


def replay(name: str, folder: Path) -> Results:
    story = Story(folder)
    story.escalates = True
    story.policy(accepted_file(name).read_text("utf-8"))
    for line in (PUBLISHED / f"{name}.history.jsonl").read_text("utf-8").splitlines():
        story.line(line)
    return story.replay()


def first_assigned(results: Results) -> dict[str, tuple[str, str, str]]:
    """Return (time, kind, assignee) of the first hand-off of each account, in UTC."""
    found: dict[str, tuple[str, str, str]] = {}
    for one in results.of("lead.routing"):
        if one["action"] == "assigned" and one["kind"] != "service":
            company = one["account_key"].removeprefix("domain:").removesuffix(".example").partition(":")[0]
            found.setdefault(company, (one["occurred_at"][:16], one["kind"], one["assignee"]["id"]))
    return found


def stages_of(results: Results, company: str) -> list[tuple[str, str, list[str]]]:
    """Return (time, stage, reasons) of each stage of the leads of an account."""
    return [
        (one["occurred_at"][:16], one["to_stage"], one["explanation"]["reasons"])
        for one in results.of("lead.stages")
        if one["account_key"] == f"domain:{company}.example"
    ]


@pytest.mark.parametrize("name", SETS)
def test_a_set_passes_with_the_documented_changes_and_with_no_others(name: str) -> None:
    load_policy_file(accepted_file(name))
    before = (PUBLISHED / f"{name}.as_published.yaml").read_text("utf-8").splitlines()
    after = accepted_file(name).read_text("utf-8").splitlines()
    removed, added = Counter(before) - Counter(after), Counter(after) - Counter(before)
    section = next(one for one in PAGE.split("\n## ") if one.startswith(f"`{name}`"))
    listed = [
        line for block in re.findall(r"```diff\n(.*?)```", section, re.DOTALL) for line in block.splitlines()
    ]
    changes = {f"-{line}" for line in removed if line} | {f"+{line}" for line in added if line}
    assert changes == set(listed)


def test_a_set_without_outsiders_must_state_it_and_the_refusal_has_the_numbers() -> None:
    text = accepted_file("devtools").read_text("utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy(text.replace("proof: points_decide, ", ""))
    found = {one.key: one.found for one in refused.value.problems}
    assert found["served_market"] == "no company gate"
    assert found["buyers"] == "no gate of the person that every MQL passes"
    assert found["behaviour.cap"].startswith("1000, while the lowest fit that passes every gate is -15 (")


def test_a_company_for_developers_hands_over_as_published(tmp_path: Path) -> None:
    results = replay("devtools", tmp_path)

    assert first_assigned(results) == {
        "acme": ("2026-03-03T18:00", "mql", "al"),  # title 50 + e-book 30 + webinar 15: 95
        "klein": ("2026-03-02T08:00", "mql", "eva"),  # developer -10 + trial 100
        "sunny": ("2026-03-02T19:30", "mql", "carl"),
        "lead": ("2026-03-03T19:00", "mql", "sdr_lead"),  # trial 100, free mail -5
        "bakery": ("2026-03-04T19:00", "mql", "cora"),  # any other title 0 + trial 100
        "cityx": ("2026-03-04T20:00", "mql", "pat"),  # public sector
        "owned": ("2026-03-04T21:00", "mql", "al"),  # the SDR of the account's sales rep
        "nosize": ("2026-03-04T22:00", "mql", "sdr_lead"),  # title 50 + form 90, size unknown: the SDR queue
        "midco": ("2026-03-07T00:30", "raised_hand", "carl"),  # Friday 16:30 in Los Angeles
    }
    assert ("2026-03-22T18:00", "mql", ["bar_reached", "all_gates_passed"]) in stages_of(results, "midco")
    overdue = [
        one
        for one in results.of("lead.alerts")
        if one["alert"] == "response_overdue" and not one.get("cleared")
    ]
    due_at = {one["account_key"]: one["occurred_at"] for one in overdue}
    assert due_at["domain:midco.example"].startswith("2026-03-09T23:30")  # Monday 16:30 in Los Angeles


def test_an_analytics_company_hands_over_as_published(tmp_path: Path) -> None:
    results = replay("analytics", tmp_path)

    assert first_assigned(results) == {
        "usstart": ("2026-03-02T15:00", "raised_hand", "t1a"),
        "ukltd": ("2026-03-02T11:00", "raised_hand", "t2a"),
        "tokyo": ("2026-03-02T03:00", "raised_hand", "t3a"),
        "brasil": ("2026-03-02T15:00", "raised_hand", "t1b"),
        "lead": ("2026-03-02T15:00", "raised_hand", "t3a"),  # an unknown country
        "bigsignup": ("2026-03-04T09:20", "mql", "pls1"),  # signed up, sent an event, invited a colleague
    }
    assert stages_of(results, "bigsignup")[-3:] == [
        ("2026-03-04T09:00", "known", ["first_seen"]),
        ("2026-03-04T09:00", "nurture", ["all_gates_passed", "not_qualified_yet"]),  # a sign-up alone
        ("2026-03-04T09:20", "mql", ["product_qualified", "all_gates_passed"]),
    ]
    later = [
        (one["occurred_at"][:10], one["assignee"]["id"])
        for one in results.of("lead.routing")
        if one["action"] == "assigned" and one["occurred_at"] > "2026-04"
    ]
    assert later == [
        ("2026-06-01", "t1a"),
        ("2026-08-10", "t2b"),
    ]  # the same rep after 3 months, in turn after 5
    pool = [
        (one["occurred_at"][:16], one["action"], one["assignee"]["id"])
        for one in results.of("lead.routing")
        if one["account_key"] == "domain:bigsignup.example" and one["kind"] == "mql"
    ]
    assert pool == [
        ("2026-03-04T09:20", "assigned", "pls1"),
        ("2026-03-12T21:00", "reassigned", "desk:product_led"),  # not acted on for 7 business days
    ]
    questions = [one["assignee"]["id"] for one in results.of("lead.routing") if one["kind"] == "service"]
    assert questions == [
        "desk:support",
        "desk:support",
    ]  # of a company that is not a customer, and of a customer


def test_banks_without_scoring_hand_over_as_published(tmp_path: Path) -> None:
    results = replay("banks_no_scoring", tmp_path)

    assert first_assigned(results) == {
        "first": ("2026-03-02T15:00", "mql", "in1"),  # the CIO answers a programme
        "cycle": ("2026-03-02T17:00", "in_cycle", "ae"),
        "second": ("2026-03-04T16:00", "mql", "in2"),  # answered on Monday, revenue known on Wednesday
    }
    assert stages_of(results, "first")[-1] == (
        "2026-03-02T15:30", "nurture", ["all_gates_passed", "not_qualified_yet"],
    )  # the CFO who only reads  # fmt: skip
    assert stages_of(results, "insure")[-1][1] == "outside"
    looks = [
        one for one in results.of("lead.scores") if one["explanation"]["reasons"][-1] == "not_qualified_yet"
    ]
    assert {one["explanation"]["points_missing"] for one in looks} == {0}
    assert looks[-1]["explanation"]["would_change"] == [
        {
            "what": "fact",
            "name": "campaign_response",
            "needed": "a form or one of webinar_attended, webinar_registered, download, email_clicked, in a campaign *",
        }
    ]
