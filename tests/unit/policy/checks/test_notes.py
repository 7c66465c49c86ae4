"""Notes of `policy check`: what can never match, and what is counted twice. The policy still passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workers.policy.checks.notes import find_notes
from workers.policy.document import read
from workers.policy.load import load_policy
from workers.policy.pages.check_output import check_policy_file

POLICIES = Path(__file__).parents[4] / "policy"

CASES = [
    # (replaced, by, key, a part of the case, a part of the advice)
    ('"*/pricing*"', "/pricing", "behaviour.rules.pricing.when.url", "no whole address", '"*/pricing*"'),
    ('"*/pricing*"', "pricing", "behaviour.rules.pricing.when.url", "no whole address", '"*pricing*"'),
    ('"*/pricing*"', "www.bank.example/pricing*", "behaviour.rules.pricing.when.url", "no whole", "*www.bank.example/pricing*"),
    ('"*/pricing*"', '"^.*/pricing.*$"', "behaviour.rules.pricing.when.url", "no whole address", "only * is special"),
    ('"*/pricing*"', '"*/pricing page*"', "behaviour.rules.pricing.when.url", "no whole address", "blank"),
    ("{activity: download}", '{activity: download, asset: "*/papers*"}', "behaviour.rules.paper.when.asset", "not an address", "url:"),
    ('{form: "*"}', '{form: "https://x.example/*"}', "behaviour.rules.form.when.form", "not an address", "url:"),
    ("{activity: download}", "{activity: downloads}", "behaviour.rules.paper.when.activity", "downloads", "download may"),
    ("{activity: page_view}, points", "{activity: pageview}, points", "behaviour.rules.page.when.activity", "pageview", "page_view"),
    ("by: [webinar_registered,", "by: [webinar_register,", "stages.mql.or_responds_to.by[1]", "webinar_register", "webinar_registered"),
    ("group: web, instead_of: page}", "group: web}", "behaviour.rules.pricing", "counts for page too", "instead_of: page"),
    ("points: -10, instead_of: page", "points: -10", "behaviour.rules.careers", "counts for page too", "instead_of: page"),
    ('"curl/*"]', "curlbot]", "no_visits.user_agents[8]", "no whole user agent", '"*curlbot*"'),
    ("[student lending,", "[branch lending,", "buyers.never_except[1]", "no word of buyers.never", "no effect"),
    ("head of, head, lead,", "head of, deputy director, lead,", "buyers.titles[2].words[3]", "word of executive", "under executive"),
    ("head of, head, lead,", "head of, intern lead, lead,", "buyers.titles[2].words[3]", "a word of buyers.never", "never_except"),
    ("[finance, financial,", "[finance, information desk,", "buyers.functions.names.finance[2]", "a word of it", "under it"),
    ('"6021"', '"60211"', "served_market.industry.sic[1]", "at most 4 digits", "6021"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "advice"), CASES, ids=[f"{one[2]} {at}" for at, one in enumerate(CASES)]
)
def test_what_can_never_match_or_counts_twice_is_noted(
    changed: Callable[..., str], old: str, new: str, key: str, found: str, advice: str
) -> None:
    text = changed((old, new))
    notes = find_notes(load_policy(text), read(text, "p.yaml"))
    note = next(one for one in notes if one.key == key)
    assert found in note.found
    assert advice in note.expected


@pytest.mark.parametrize(
    "pattern",
    ["*/pricing", "https://x.example/pricing", "http*://x.example/*", "h*", "*.example/pricing?*"],
)
def test_a_pattern_that_can_match_an_address_is_not_noted(changed: Callable[..., str], pattern: str) -> None:
    text = changed(('"*/pricing*"', f'"{pattern}"'))
    assert find_notes(load_policy(text), read(text, "p.yaml")) == []


@pytest.mark.parametrize("name", ["default", "saas"])
def test_the_shipped_policies_have_no_notes(name: str) -> None:
    text = (POLICIES / f"{name}.yaml").read_text("utf-8")
    assert find_notes(load_policy(text), read(text, name)) == []


def test_the_command_prints_a_note_and_the_policy_passes(tmp_path: Path, changed: Callable[..., str]) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(changed(('"*/pricing*"', "/pricing")), encoding="utf-8")
    passes, lines = check_policy_file(file)
    assert passes
    (line,) = [one for one in lines if "note:" in one]
    assert line.startswith(f"{file}:")
    assert line.endswith(
        'behaviour.rules.pricing.when.url: note: "/pricing" fits no whole address; an address begins with https://, so'
        ' "*/pricing*" may be meant'
    )
