"""Short pages: at most 40 lines for each reader, computed examples, a page for each partner and desk, Markdown and HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.policy.load import load_policy, load_policy_file
from workers.policy.model import Policy
from workers.policy.pages.explain_output import Audience, explain_policy
from workers.policy.pages.mql_examples import add_up, count_events, give_examples
from workers.policy.pages.page_formats import Format, write_page
from workers.policy.pages.party_pages import explain_desk, explain_partner, with_names
from workers.policy.pages.short_lines import shorten

PARTNERS = """partners:
  north: {regions: [AK], gets: mql, answer_within: 16h, then: return, sees: [name, email]}
  south: {regions: [FL], gets: mql, answer_within: 7h, then: report, sees: [name]}
"""


def with_two_partners(text: str) -> Policy:
    before, after = re.split(r"^partners:\n(?:  .*\n)+", text, flags=re.MULTILINE)
    return load_policy(before + PARTNERS + after)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("name", ["default", "saas"])
def test_a_page_for_an_audience_has_at_most_40_lines(name: str, audience: Audience) -> None:
    policy, _ = load_policy_file(Path("policy") / f"{name}.yaml")
    assert len([line for line in explain_policy(policy, audience) if line]) <= 40


def test_many_rules_do_not_make_a_page_longer(default_text: str) -> None:
    rules = "".join(f"    extra_{at}: {{when: {{activity: extra_{at}}}, points: 1}}\n" for at in range(60))
    policy = load_policy(default_text.replace("    page:     {when", f"{rules}    page:     {{when"))
    page = explain_policy(policy, Audience.MARKETING)
    assert len([line for line in page if line]) <= 40


def test_short_lines_are_joined_before_long_ones() -> None:
    lines = ["A:", "  one: x", "    y", "    z", "", "B:", "  two: " + "x" * 50, "    " + "y" * 50]
    assert shorten(lines, 5) == ["A:", "  one: x; y; z", "", "B:", "  two: " + "x" * 50, "    " + "y" * 50]


def test_what_cannot_be_joined_is_counted() -> None:
    lines = ["A:", *(f"  {number}. If it is so." for number in range(9))]
    assert shorten(lines, 4) == [
        "A:",
        "  0. If it is so.",
        "  1. If it is so.",
        "  And 7 more: lead-router policy explain prints all.",
    ]


def test_examples_are_computed_with_the_caps(default: Policy) -> None:
    counts = count_events(default.behaviour, 35)
    assert counts == {"webinar": 2, "paper": 2}
    assert add_up(default.behaviour, counts) == 40
    assert add_up(default.behaviour, {"webinar": 9}) == 24
    assert add_up(default.behaviour, {"rates": 9, "page": 30}) == 15
    assert count_events(default.behaviour, 41) is None


def test_examples_state_who_becomes_an_mql_and_who_never_does(default: Policy) -> None:
    page = "\n".join(give_examples(default))
    assert "after 2 x webinar and 1 x paper on one day: 110 + 32 = 142, and 135 are needed" in page
    assert "Never an MQL: a person with student in the title" in page
    assert "Never an MQL: a lead that fails industry, revenue, country, function or title" in page
    assert "at our-own.example" in page


def test_a_policy_whose_fit_alone_reaches_the_threshold_has_that_example(changed: Callable[..., str]) -> None:
    policy = load_policy(changed(("bar: 135", "bar: 100"), ("total: {from: 120}", "total: {from: 90}")))
    assert "Becomes an MQL with its first activity" in "\n".join(give_examples(policy))


def test_a_partners_page_has_the_terms_of_that_partner_only(default_text: str) -> None:
    policy = with_two_partners(default_text)
    page = "\n".join(explain_partner(policy, "south"))
    assert "Must answer within 7 hours of opening time" in page
    assert policy.definitions["mql"] in page
    for other in ("north", "16 hours", "AK", "dana", "at most 8", "40 points", "our-own.example"):
        assert other not in page, other


def test_a_desks_page_has_its_routes_hours_and_terms(default: Policy) -> None:
    page = "\n".join(explain_desk(default, "west"))
    assert "9. If the region is CA, OR or WA, it goes to desk west" in page
    assert "Time zone America/Los_Angeles" in page
    assert "raised hands" in page.lower()
    assert "customer_service" not in page


def test_names_of_people_replace_their_ids(default: Policy) -> None:
    page = "\n".join(explain_desk(with_names(default, {"dana": "Dana Reyes"}), "inside_sales"))
    assert "the manager Dana Reyes" in page
    assert "a raised hand goes to Dana Reyes" in page


def test_markdown_has_headings_and_lists(default: Policy) -> None:
    page = write_page(explain_policy(default), Format.MARKDOWN)
    assert page[0].startswith("# Policy us-commercial-banks")
    assert "## Who gets a lead: the first line that is true decides" in page
    assert "- 10. Every other lead goes to desk inside\\_sales." in page


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.references += [name for name, _ in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_file_whose_texts_are_escaped(changed: Callable[..., str]) -> None:
    policy = load_policy(changed(("Sales has accepted the lead.", "<b>Sales</b> & co")))
    page = "\n".join(write_page(explain_policy(policy), Format.HTML))
    tags = Tags()
    tags.feed(page)
    assert (tags.open, tags.references) == ([], [])
    assert "&lt;b&gt;Sales&lt;/b&gt; &amp; co" in page


def test_the_command_names_the_readers_that_exist() -> None:
    result = CliRunner().invoke(app, ["policy", "explain", "policy/default.yaml", "--for", "partner:west"])
    assert result.exit_code == 2
    assert "partner:island_dealers" in result.output


def test_the_command_writes_a_file_with_names(tmp_path: Path) -> None:
    reps, out = tmp_path / "reps.jsonl", tmp_path / "page.html"
    reps.write_text('{"topic": "crm.reps", "value": {"rep_id": "dana", "name": "Dana Reyes"}}\nno record\n')
    arguments = ["policy", "explain", "policy/default.yaml", "--for", "desk:west", "--format", "html"]
    result = CliRunner().invoke(app, [*arguments, "--reps", str(reps), "--out", str(out)])
    assert (result.exit_code, result.output) == (0, "")
    assert "the manager Dana Reyes" in out.read_text("utf-8")
