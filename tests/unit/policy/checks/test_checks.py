from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]

FADE = "fade"
CASES = [
    # (replaced, by, key, a part of what was found, a part of what was expected)
    ("version: 1\n", "version: -1\n", "version", '"-1"', "from 1 to 10000"),
    ("currency: USD", "currency: usd", "currency", '"usd"', "as USD"),
    ("policy: us-", "policy: US ", "policy", "US commercial", "lower-case letters"),
    ("timezone: America/New_York   ", "timezone: New York  ", "timezone", '"New York"', "IANA"),
    ("  sal: ", "  sla: ", "definitions.sla", "a term that does not exist", "sal"),
    ("{stages.again.new_points}", "{stages.agian}", "definitions.recycled", "{stages.agian}", "the path of a value"),
    ("in: [US]", "in: [EN]", "served_market.country.in[1]", '"EN"', "as US (did you mean GB or US?)"),
    ("in: [US]", "in: [XX]", "served_market.country.in[1]", '"XX"', "a country code of ISO 3166-1, as US"),
    ("in: [US]", "in: []", "served_market.country.in", "an empty list", "at least 1"),
    ("in: [US]", "in: US", "served_market.country.in", '"US"', "a list"),
    ('["522110"]', "[52x]", "served_market.industry.naics[1]", '"52x"', "digits"),
    ("from: 500M, to: 5B", "from: 6B, to: 5B", "served_market.revenue", "keys", "6000000000 is above 5000000000"),
    ("from: 500M, to: 5B", "from: 0", "served_market.revenue", "keys", "every company passes"),
    ("from: 500M", "from: 500 M", "served_market.revenue.from", '"500 M"', "an amount"),
    ("[our-own.example]", "[me@our.example]", "served_market.never.own_domains[1]", "me@our", "without protocol or @"),
    ("[competitor]", "[customer]", "served_market.never.relationship[1]", '"customer"', "cannot be excluded"),
    ("level: manager,  ", "level: executive,  ", "buyers.titles[2].level", "executive a second time", "once"),
    ("head of, head, lead, officer]", "CFO, VP]", "buyers.titles[2].words[3]", "which the level executive has", "in one line only"),
    ("points: 15, words: [manager", "points: -10001, words: [manager", "buyers.titles[2].points", '"-10001"', "from -10000 to 10000"),
    ("points: 30", "points: 0x10", "served_market.industry.points", '"0x10"', "plain digits"),
    ("cap: 6}", "cap: inf}", "behaviour.groups.email.cap", '"inf"', "plain digits"),
    ("{to_zero_after_days: 60}", "{to_zero_after_days: 0}", "behaviour.fade.to_zero_after_days", '"0"', "from 1 to 3650"),
    ("{to_zero_after_days: 60}", "never", "behaviour.fade", '"never"', "{to_zero_after_days: 60}, or none"),
    ("{to_zero_after_days: 60}", "{}", "behaviour.fade", "an empty mapping", "one of to_zero_after_days"),
    ("points: 12, group", f"points: 12, {FADE}: 5, group", "behaviour.rules.webinar.fade", '"5"', "or none"),
    ("points: 3, group: email", "points: 3, group: emial", "behaviour.rules.click.group", '"emial"', "mean email?"),
    ("points: 12, group: events", "points: 12", "behaviour.groups.events", "no rule uses", "with this group"),
    ("points: -10, instead_of: page", "points: -10, instead_of: pgae", "behaviour.rules.careers.instead_of", '"pgae"', "mean page?"),
    ("points: 1, group: web}", "points: 1, group: web, instead_of: pricing}", "behaviour.rules.page.instead_of", "a circular reference", "a more general rule"),
    ("points: -10,", "points: 0,", "behaviour.rules.careers", "a rule of 0 points", "other than 0"),
    ("points: -10,", "points: -10, cap: 9,", "behaviour.rules.careers", "keys", "cap 9 is below points -10"),
    ("points: 4, cap: 12", "points: 4, cap: 3", "behaviour.rules.pricing", "keys", "cap 3 is below points 4"),
    ("{activity: download}", "{}", "behaviour.rules.paper.when", "an empty mapping", "at least one of"),
    ("{activity: download}", "{activity: Down load}", "behaviour.rules.paper.when.activity", "Down load", "lower-case letters"),
    ('{form: "*"}', '{form: "*", activity: download}', "behaviour.rules.form.when", "keys", "either a form fill or"),
    ("at_least: 2m", "at_least: 2 m", "behaviour.rules.video.at_least", '"2 m"', "as 2m"),
    ("at_least: 2m", "at_least: 25h", "behaviour.rules.video.at_least", '"25h"', "to 24h"),
    ("{activity: video_watched}", '{form: "*"}', "behaviour.rules.video", "keys", "no duration"),
    ("at_least: 2m, ", "", "behaviour.session_gap", "no rule uses", "a rule with at_least"),
    ("session_gap: 30m", "session_gap: 59s", "behaviour.session_gap", '"59s"', "from 1m"),
    ("once_per: 24h", "once_per: 5h", "behaviour.rules.rates.once_per", '"5h"', "divide the day"),
    ("once_per: 24h", "once_per: 31d", "behaviour.rules.rates.once_per", '"31d"', "1 to 30 whole days"),
    ("once_per: 24h", "once_per: 30m", "behaviour.rules.rates.once_per", '"30m"', "divide the day"),
    ("implies: opened", "implies: opend", "behaviour.rules.click.implies", '"opend"', "mean opened?"),
    ("implies: opened", "implies: click", "behaviour.rules.click.implies", "a circular reference", "does not lead back"),
    ("implies: opened", "implies: careers", "behaviour.rules.click.implies", "negative points", "lower the score"),
    ("implies: opened", "implies: rates", "behaviour.rules.click.implies", "which has once_per", "once per message"),
    ("implies: opened", "instead_of: opened, implies: opened", "behaviour.rules.click.implies", "replaces by instead_of", "not both"),
    ("{A: 110, B: 100", "{A: 110, B: 110", "grade.fit", "110, 110, 70", "fall from A to C"),
    ("{A: 110,", "{A: 111,", "grade.fit.A", "111", "at most 110"),
    ("{1: 30,", "{1: 41,", "grade.behaviour.1", "41", "at most 40"),
    ("[demo, pricing, contact_sales]", "[demo]", "stages.mql.or_asks_for", "[demo]", "never delayed"),
    ('["cio-roundtable*"]', '["**"]', "stages.mql.or_responds_to.campaigns", "**", "has no effect"),
    ('["cio-roundtable*"]', "[]", "stages.mql.or_responds_to.campaigns", "an empty list", "at least 1"),
    ("by: [webinar_registered,", "by: [Webinar,", "stages.mql.or_responds_to.by[1]", '"Webinar"', "lower-case letters"),
    ("signals: {rules: [pricing,", "signals: {rules: [pricign,", "behaviour.signals.rules[1]", '"pricign"', "mean pricing?"),
    ("signals: {rules: [pricing,", "signals: {rules: [careers,", "behaviour.signals.rules[1]", "negative points", "gives points"),
    ("bundle: 4h", "bundle: 8d", "behaviour.signals.bundle", '"8d"', "from 1m to 7d"),
    ("{people: 3,", "{people: 11,", "stages.buying_group.people", '"11"', "to 10"),
    ("not_now: recycled", "not_now: disqualified", "stages.sales_says_no.not_now", '"disqualified"', "recycled"),
    ("not_our_market: question_account", "not_our_market: recycled", "stages.sales_says_no.not_our_market", '"recycled"', "question_account"),
    ("to: nobody", "to: account owner", "routes[1]", "keys", "to: nobody"),
    (", kind: in_cycle", ", kind: expansion", "routes[4]", "keys", "kind: in_cycle"),
    ("for_days: 180", "for_days: 0", "routes[7].for_days", '"0"', "from 1 to 3650"),
    ("account_has_owner, to: account owner}", "account_has_owner, to: account owner, for_days: 9}", "routes[5]", "keys", "for_days with account_has_rep"),
    ("otherwise: desk inside_sales", "otherwise: desk inside_sale", "routes[10].otherwise", "inside_sale", "mean inside_sales?"),
    ("otherwise: desk inside_sales", "otherwise: inside_sales", "routes[10].otherwise", "inside_sales", "desk inside_sales"),
    ("  customer_service:\n", "  service_desk:\n", "desks.service_desk", "no route leads to", "a route"),
    ("calendar: east", "calendar: esat", "desks.inside_sales.calendar", '"esat"', "east, west"),
    ("when_away: skip", "when_away: pass", "desks.inside_sales.turn.when_away", '"pass"', "skip or hold"),
    ("most: 8", "most: 0", "desks.inside_sales.mqls_per_rep.most", '"0"', "from 1 to 10000"),
    ("raised_hand: dana", "raised_hand: hold", "desks.inside_sales.everyone_away.raised_hand", '"hold"', "cannot be held"),
    ("raised_hand: dana", "raised_hand: pool", "desks.inside_sales.everyone_away.raised_hand", '"pool"', "the rep_id of a fallback"),
    ("mql: hold", "mql: pool", "desks.inside_sales.everyone_away.mql", '"pool"', "hold, or the rep_id of a fallback"),
    ("mql: hold", "mql: Manager", "desks.inside_sales.everyone_away.mql", '"Manager"', "hold, or the rep_id of a fallback"),
    ("when_nobody_has_it: anyone", "when_nobody_has_it: hold", "desks.inside_sales.skills.when_nobody_has_it", '"hold"', "anyone, or the rep_id of a fallback"),
    ("mql: 3h", "mql: 3", "desks.inside_sales.answer_within.mql", '"3"', "as 3h"),
    ("mql: 3h", "mql: 1d2h", "desks.inside_sales.answer_within.mql", '"1d2h"', "as 1d"),
    ("mql: 3h", "mql: 100d", "desks.inside_sales.answer_within.mql", '"100d"', "1 to 99 business days"),
    ("raised_hand: 30m", "raised_hand: 4h", "desks.inside_sales.answer_within.raised_hand", "longer", "never waits longer"),
    ("after: 2x", "after: 2", "desks.inside_sales.answer_within.after", '"2"', "as 2x or 1.5x"),
    ("after: 2x", "after: 0.5x", "desks.inside_sales.answer_within.after", '"0.5x"', "1x (at the deadline) to 20x"),
    ("after: 2x", "after: 21x", "desks.inside_sales.answer_within.after", '"21x"', "1x (at the deadline) to 20x"),
    (", after: 2x", "", "desks.inside_sales.answer_within.then", "no after", "as after: 2x"),
    (", times: 2", "", "desks.inside_sales.answer_within.then", "no times", "as times: 2"),
    ("times: 2", "times: 10", "desks.inside_sales.answer_within.times", '"10"', "to 9"),
    ("then: next, ", "", "desks.inside_sales.answer_within.after", "no then", "names the escalation"),
    ("then: next", "then: manager", "desks.inside_sales.answer_within.times", '"2"', "no times beside then: manager"),
    ("then: next", "then: pool", "desks.inside_sales.answer_within.times", '"2"', "no times beside then: pool"),
    ("then: next, after: 2x, times: 2", "then: pool", "desks.inside_sales.answer_within.then", "no after", "as after: 2x"),
    ("then: next", "then: pools", "desks.inside_sales.answer_within.then", '"pools"', "mean pool?"),
    ("when_away: skip", "by: fewest", "desks.inside_sales.turn.by", '"fewest"', "mean fewest_open?"),
    ("when_away: skip", "most_open: 0", "desks.inside_sales.turn.most_open", '"0"', "from 1 to 10000"),
    ("when_away: skip", "off_after_missed: 21", "desks.inside_sales.turn.off_after_missed", '"21"', "from 1 to 20"),
    ("then: next", "then: nobody", "desks.inside_sales.answer_within.then", '"nobody"', "manager or pool"),
    ("due_soon_percent: 75", "due_soon_percent: 100", "desks.inside_sales.due_soon_percent", '"100"', "to 99"),
    ("holidays: US}", "holidays: us}", "calendars.east.holidays", '"us"', "in capital letters"),
    ('hours: {mon-fri: "08:30-17:30"}, holidays: US}', "hours: {mon-fri: closed}}", "calendars.east.hours", "never opens", "opening hours"),
    ('hours: {mon-fri: "08:30-17:30"}, holidays: US}', "hours: {}}", "calendars.east.hours", "never opens", "opening hours"),
    ('hours: {mon-fri: "08:30-17:30"}, holidays: US}', "hours: {mon-fri: 9:30}}", "calendars.east.hours.mon-fri", '"9:30"', "hours, as"),
    ('hours: {mon-fri: "08:30-17:30"}, holidays: US}', "hours: {mo: 9:00-10:00}}", "calendars.east.hours.mo", "the key mo", "days, as"),
    ("2026-12-24", "2026-02-30", "calendars.west.days.2026-02-30", "the key", "a date that exists"),
    ("events: 200", "events: 100000", "privacy.anonymous_history.events", '"100000"', "1000"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "expected"),
    CASES,
    ids=[f"{case[2]} {at}" for at, case in enumerate(CASES)],
)
def test_an_invalid_value_is_refused_at_its_line(
    changed: Changed, problems: Problems, old: str, new: str, key: str, found: str, expected: str
) -> None:
    text = changed((old, new))
    problem = next(one for one in problems(text) if one.key == key)
    assert found in problem.found
    assert expected in problem.expected
    line = text.splitlines()[problem.line - 1]
    assert new.strip() in line or problem.key.rsplit(".", 1)[-1] in line
