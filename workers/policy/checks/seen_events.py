"""Words of a policy that a history never shows (activities, patterns, people, desks), for ``policy check --against``.

In: a policy, and records of the input topics one by one. Out: notes with line and key. A history without reps gives no
notes about people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from workers.identity.custom_fields import fold_fields
from workers.policy.problem import quote
from workers.policy.tables import read_table

if TYPE_CHECKING:
    from schemas.base import Campaign
    from schemas.crm_accounts import CrmAccount
    from schemas.crm_reps import CrmRep
    from schemas.form_fills import FormFill
    from schemas.web_activity import WebActivity
    from workers.policy.behaviour_rules import When
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem

_MOST_WORDS: Final = 10_000
"""The most different activities that are counted. More are not names."""
_MOST_UNCOUNTED: Final = 5
"""The most activities without a rule that are named."""


class SeenEvents:
    """The words of a policy that a history has."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._activities: Counter[str] = Counter()
        self._events = 0
        self._matched: Counter[str] = Counter()
        self._fitting: set[tuple[str, str]] = set()
        self._fields: set[str] = set()
        self._has_records_with_fields = False
        self._reps: set[str] = set()
        self._desks: Counter[str] = Counter()

    def add_activity(self, event: WebActivity) -> None:
        """Add a record of web.activity."""
        if event.activity in self._activities or len(self._activities) < _MOST_WORDS:
            self._activities[event.activity] += 1
        texts = {"url": event.url, "asset": event.asset, "campaign": _name_of(event.campaign)}
        self._add_event(texts, event.activity)

    def add_form(self, form: FormFill) -> None:
        """Add a record of form.fills."""
        self._add_event({"url": form.url, "form": form.form_id, "campaign": _name_of(form.campaign)}, None)
        self._add_fields(form.fields)

    def add_account(self, account: CrmAccount) -> None:
        """Add a record of crm.accounts."""
        self._add_fields(account.fields)

    def _add_fields(self, fields: Mapping[str, str] | None) -> None:
        self._has_records_with_fields = True
        if len(self._fields) < _MOST_WORDS:
            self._fields.update(fold_fields(fields))

    def add_rep(self, rep: CrmRep) -> None:
        """Add a record of crm.reps."""
        self._reps.add(rep.rep_id)
        self._desks.update(one.desk for one in rep.desks)

    def _add_event(self, texts: Mapping[str, str | None], activity: str | None) -> None:
        self._events += 1
        for name, rule in self._policy.behaviour.rules.items():
            when = rule.when
            if when is None or bool(when.form) is not (activity is None):
                continue
            if self._fits(name, when, texts, activity):
                self._matched[name] += 1

    def _fits(self, name: str, when: When, texts: Mapping[str, str | None], activity: str | None) -> bool:
        fits = not when.activity or activity in when.activity
        for key, pattern in when.patterns.items():
            text = texts.get(key)
            if text is not None and pattern.match(text):
                self._fitting.add((name, key))
            else:
                fits = False
        return fits

    def notes(self, document: Document) -> Iterator[Problem]:
        """Yield a note for each word of the policy that the history does not show."""
        if self._events:
            for name, rule in self._policy.behaviour.rules.items():
                if rule.when is not None:
                    yield from self._note_rule(document, name, rule.when)
            yield from self._note_answers(document)
            yield from self._note_uncounted(document)
        if self._has_records_with_fields:
            yield from self._note_fields(document)
        if self._reps:
            yield from self._note_people(document)

    def _note_fields(self, document: Document) -> Iterator[Problem]:
        """Yield each place that tests a custom field which no form and no account of the history has."""
        policy = self._policy
        of_fit = () if policy.fit is None else policy.fit.fields
        places: list[tuple[KeyPath, str]] = [
            (("fit", "fields", at, "field"), line.field) for at, line in enumerate(of_fit)
        ]
        for name, condition in policy.conditions.items():
            places += [(("conditions", name, "fields", one), one) for one in condition.fields]
        for at, route in enumerate(policy.routes):
            tested = () if route.territory is None else route.territory.fields
            places += [(("routes", at, "if", "fields", one), one) for one in tested]
            lines = read_table(policy.tables[route.table]).lines if route.table in policy.tables else ()
            columns = dict.fromkeys(one for line in lines for one in line.conditions.fields)
            places += [(("routes", at, "table"), one) for one in columns]
        for place, field in places:
            if field not in self._fields:
                near = get_close_matches(field, sorted(self._fields), n=1)
                advice = f"{near[0]} may be meant" if near else "check that your forms or your CRM send it"
                yield document.make_problem(place, f"the field {field} is not in the history", advice)

    def _note_rule(self, document: Document, name: str, when: When) -> Iterator[Problem]:
        place: KeyPath = ("behaviour", "rules", name)
        unseen = [(at, one) for at, one in enumerate(when.activity) if one not in self._activities]
        for at, activity in unseen:
            yield self._note_activity(document, (*place, "when", "activity", at), activity)
        if self._matched[name] or unseen:
            return
        missing = [key for key in when.patterns if (name, key) not in self._fitting]
        for key in missing:
            patterns = ", ".join(map(quote, getattr(when, key)))
            yield document.make_problem(
                (*place, "when", key),
                f"{patterns} fits nothing in the history",
                "check the pattern, as *text*",
            )
        if not missing:
            yield document.make_problem(
                place, f"no event of the history matches {name}", "check its conditions together", at_key=True
            )

    def _note_activity(self, document: Document, place: KeyPath, activity: str) -> Problem:
        near = get_close_matches(activity, [*self._activities], n=1)
        advice = f"{near[0]} may be meant" if near else "check that your site sends it"
        return document.make_problem(place, f"the activity {activity} is not in the history", advice)

    def _note_answers(self, document: Document) -> Iterator[Problem]:
        answers = self._policy.stages.mql.or_responds_to
        for at, activity in enumerate(answers.by if answers is not None else ()):
            if activity not in self._activities:
                place: KeyPath = ("stages", "mql", "or_responds_to", "by", at)
                yield self._note_activity(document, place, activity)

    def _note_uncounted(self, document: Document) -> Iterator[Problem]:
        """Yield the most frequent activities that no rule names. A rule without an activity may count them by address."""
        rules = self._policy.behaviour.rules.values()
        named = {activity for rule in rules if rule.when is not None for activity in rule.when.activity}
        named |= {*self._policy.no_visits.activities, *self._policy.stages.no_touch}
        uncounted = Counter({one: count for one, count in self._activities.items() if one not in named})
        for activity, count in uncounted.most_common(_MOST_UNCOUNTED):
            yield document.make_problem(
                ("behaviour", "rules"),
                f"the activity {activity} is {count:,} times in the history, and no rule names it",
                "a rule may be missing",
                at_key=True,
            )

    def _note_people(self, document: Document) -> Iterator[Problem]:
        for name, desk in self._policy.desks.items():
            skills = desk.skills
            named = {
                ("manager",): desk.manager,
                ("everyone_away", "mql"): desk.everyone_away.mql_fallback,
                ("everyone_away", "raised_hand"): desk.everyone_away.raised_hand,
                ("skills", "when_nobody_has_it"): None if skills is None else skills.fallback,
            }
            for key, rep_id in named.items():
                place = document.origin_of(("desks", name, *key))
                if rep_id is not None and rep_id not in self._reps and place[1] == name:
                    near = get_close_matches(rep_id, sorted(self._reps), n=1)
                    advice = f"{near[0]} may be meant" if near else "a rep_id of crm.reps is expected"
                    yield document.make_problem(place, f"{quote(rep_id)} is not a rep of the history", advice)
            if name not in self._desks:
                yield document.make_problem(
                    ("desks", name),
                    f"no rep of the history is a member of {name}",
                    "its leads wait",
                    at_key=True,
                )
        for name, count in sorted(self._desks.items()):
            if name not in self._policy.desks:
                near = get_close_matches(name, [*self._policy.desks], n=1)
                advice = f"{near[0]} may be meant" if near else "the policy may lack a desk"
                yield document.make_problem(
                    ("desks",), f"{count} records of reps name the desk {quote(name)}", advice, at_key=True
                )


def _name_of(campaign: Campaign | None) -> str | None:
    return None if campaign is None else campaign.name
