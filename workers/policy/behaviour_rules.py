"""Models of the policy's ``behaviour`` section: rules, groups, caps and decay.

Points are counted in workers/accounts.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from workers.policy.decay import Decay
from workers.policy.part import Part
from workers.policy.scalars import (
    DAY_MS,
    MINUTE_MS,
    ActivityDuration,
    Bucket,
    Count,
    Name,
    Points,
    Text,
    Whole,
    WholeDays,
    read_duration_ms,
    refuse,
)
from workers.policy.scanner_rule import MailScanners
from workers.policy.text_patterns import compile_globs


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Activities = Annotated[tuple[Name, ...], BeforeValidator(_one_or_many), Field(max_length=50)]
Globs = Annotated[tuple[Text, ...], BeforeValidator(_one_or_many), Field(max_length=50)]


class When(Part):
    """The condition of a rule on an event. Every given key must match; of a list, one pattern suffices.

    ``activity`` is compared as a whole word. The other keys are glob patterns: ``*`` matches anything, in any case.
    A rule with ``form`` matches form fills; every other rule matches web activities. Both kinds of event have ``url``
    and ``campaign``.
    """

    activity: Activities = ()
    """Names of activities, one or several: ``activity: page_view``."""
    url: Globs = ()
    """Patterns of the page address: ``url: "*/pricing*"``."""
    asset: Globs = ()
    """Patterns of the document or video that was downloaded or watched: ``asset: "report-*"``."""
    form: Globs = ()
    """Patterns of the form id; with this key the rule matches form fills: ``form: "*"``."""
    campaign: Globs = ()
    """Patterns of the campaign name: ``campaign: "launch-*"``."""

    @model_validator(mode="after")
    def _require_a_condition(self) -> When:
        if not (self.activity or self.url or self.asset or self.form or self.campaign):
            refuse("at least one of activity, url, asset, form, campaign")
        if self.form and (self.activity or self.asset):
            refuse("form alone, without activity or asset: an event is either a form fill or a web activity")
        return self

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """Return the compiled patterns by key. Use ``match`` on the whole url, asset, form id or campaign name."""
        given = {"url": self.url, "asset": self.asset, "form": self.form, "campaign": self.campaign}
        return {key: compile_globs(patterns) for key, patterns in given.items() if patterns}


class Rule(Part):
    """A behaviour rule: points for each matching event. Negative points lower the score."""

    when: When | None = None
    """The events that the rule matches. Left out: the rule asks for several others (``all_of``)."""
    all_of: Annotated[tuple[Name, ...], Field(max_length=10)] = ()
    """Other rules that must all count, in any order: ``all_of: [signup, invite]``. The rule then counts once."""
    at_least_times: Annotated[Count, Field(ge=2, le=1_000)] | None = None
    """How many events the rule asks for: ``at_least_times: 3``. With that many, the rule counts once."""
    within: WholeDays | None = None
    """Days within which the events of ``at_least_times`` or ``all_of`` must be, the last one included: ``within: 7d``.
    Left out: the days for which points of the rule last."""
    points: Annotated[Whole, Field(ge=-10_000, le=10_000)]
    """Points for each matching event. Below 0 they lower the score."""
    cap: Count | None = None
    """The most points that a lead gets from this rule. Left out: only the caps of the group and of ``behaviour`` apply."""
    group: Name | None = None
    """The group of ``behaviour.groups`` whose cap this rule shares."""
    instead_of: Name | None = None
    """A more general rule that this one replaces: an event that matches both counts for this rule only."""
    at_least: ActivityDuration | None = None
    """The least duration of the activity, as 45s or 2m.

    An event without a duration lasts until the next one of the session.
    """
    once_per: Bucket | None = None
    """A period in which only the first matching event counts, as 4h, 24h or 7d. Periods start at midnight."""
    fade: Decay | None = None
    """Decay of this rule: ``fade: none``. Left out: that of its group, else that of ``behaviour``."""
    implies: Name | None = None
    """Another rule that counts together with this one, at most once per message: a clicked mail was also opened."""

    @model_validator(mode="after")
    def _require_consistency(self) -> Rule:
        if (self.when is None) is not bool(self.all_of):
            refuse("when, or all_of with other rules")
        if self.all_of and (len(set(self.all_of)) < len(self.all_of) or len(self.all_of) == 1):
            refuse("two or more rules in all_of, each once")
        others = {"at_least_times", "at_least", "once_per", "instead_of", "implies"}
        if self.all_of and (found := sorted(others & self.model_fields_set)):
            refuse(f"no {found[0]} beside all_of: the rules that it names have their own")
        if self.within is not None and not self.counts_once:
            refuse("no within without at_least_times or all_of")
        if self.cap is not None and self.counts_once:
            refuse("no cap on a rule with at_least_times or all_of: it counts once")
        if self.cap is not None and self.cap < abs(self.points):
            refuse(
                f"a cap of at least the points of one event, but cap {self.cap} is below points {self.points}"
            )
        if self.at_least is not None and self.when is not None and self.when.form:
            refuse("no at_least on a rule about forms: a form fill has no duration")
        return self

    @property
    def counts_once(self) -> bool:
        """Whether the rule gives its points once, when its events are complete."""
        return bool(self.all_of) or self.at_least_times is not None


class Group(Part):
    """A group of rules that share one cap."""

    cap: Points
    """The most points that the rules of the group give together."""
    fade: Decay | None = None
    """Decay of the rules of the group: ``fade: {to_zero_after_days: 14}``. Left out: that of ``behaviour``."""


class Signals(Part):
    """Buying signals: an event on an owned account that matches one of these rules alerts the owner.

    Events within ``bundle`` are combined into one alert.
    """

    rules: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
    """Names of rules of ``behaviour.rules`` that are buying signals. They give 0 points or more."""
    bundle: Annotated[int, BeforeValidator(read_duration_ms), Field(ge=MINUTE_MS, le=7 * DAY_MS)]
    """The time after the first signal in which further signals go into the same alert. From 1 minute to 7 days."""


class Behaviour(Part):
    """Points for what a lead does. All rules together give at most ``cap``."""

    cap: Points
    """The most points that all behaviour gives together."""
    fade: Decay = Decay(to_zero_after_days=None)
    """Decay: how the points of an event shrink as it ages; ``none`` if they do not. Groups and rules may have their own.

    ``decay`` is another word for this key, also in groups and rules."""
    session_gap: Annotated[ActivityDuration, Field(ge=MINUTE_MS)] | None = None
    """The longest pause between two events of one session, used by ``at_least``.

    The duration of the last event of a session is unknown. Left out: half an hour. At least 1 minute.
    """
    groups: dict[Name, Group] = Field(default_factory=dict, max_length=20)
    """Groups of rules that share a cap."""
    rules: Annotated[dict[Name, Rule], Field(max_length=100)] = Field(default_factory=dict)
    """The rules, by name. Left out, with ``cap: 0``: nothing that a lead does gives points."""
    signals: Signals | None = None
    """Rules that are buying signals. Left out: there are no buying signals."""
    mail_scanners: MailScanners | None = None
    """Which clicks in a mail are those of a program, and earn nothing. Left out: every click counts."""

    @model_validator(mode="after")
    def _require_rules_for_points(self) -> Behaviour:
        if self.cap and not self.rules:
            refuse("the key rules, or cap: 0 if nothing gives points", "no rules")
        return self

    @cached_property
    def replaces(self) -> dict[str, frozenset[str]]:
        """Return, for each rule, all rules that it replaces, directly or through other rules."""
        found: dict[str, frozenset[str]] = {}
        for name, rule in self.rules.items():
            behind: list[str] = []
            general = rule.instead_of
            while general is not None and general not in behind and general in self.rules:
                behind.append(general)
                general = self.rules[general].instead_of
            found[name] = frozenset(behind)
        return found

    @cached_property
    def session_gap_ms(self) -> int:
        """Return the longest pause within a session. Milliseconds; half an hour where the policy gives none."""
        return self.session_gap or 30 * MINUTE_MS

    @cached_property
    def implied(self) -> dict[str, tuple[str, ...]]:
        """Return, for each rule, all rules that count with it, directly or through other rules."""
        found: dict[str, tuple[str, ...]] = {}
        for name, rule in self.rules.items():
            behind: list[str] = []
            other = rule.implies
            while other is not None and other not in behind and other in self.rules:
                behind.append(other)
                other = self.rules[other].implies
            found[name] = tuple(behind)
        return found

    @cached_property
    def once_per_message(self) -> frozenset[str]:
        """Return the rules that another rule implies. They count once per message, however often a mail is opened."""
        return frozenset(rule.implies for rule in self.rules.values() if rule.implies is not None)

    def decay_of(self, rule: Rule) -> Decay:
        """Return the decay of a rule: its own, else that of its group, else that of all behaviour."""
        if rule.fade is not None:
            return rule.fade
        group = self.groups.get(rule.group) if rule.group is not None else None
        return self.fade if group is None or group.fade is None else group.fade

    @cached_property
    def horizon_days(self) -> int:
        """Return the most days for which an event of any rule counts: while points last, and before it is complete."""
        days = (
            self.decay_of(rule).horizon_days + (self.window_of(rule) - 1 if rule.counts_once else 0)
            for rule in self.rules.values()
        )
        return max(days, default=1)

    def window_of(self, rule: Rule) -> int:
        """Return the days within which the events of a rule that counts once must be."""
        return rule.within or self.decay_of(rule).horizon_days

    @cached_property
    def attainable(self) -> int:
        """Return the most points that behaviour can give. Caps of rules and groups may keep it below ``cap``."""
        open_end = self.cap
        by_group: dict[str | None, int] = {}
        for rule in self.rules.values():
            if rule.points > 0:
                most = self._most_on_one_day(rule, open_end) if rule.once_per is not None else open_end
                if rule.counts_once:
                    most = min(open_end, rule.points) if self.can_be_complete(rule) else 0
                most = most if rule.cap is None else min(most, rule.cap)
                by_group[rule.group] = by_group.get(rule.group, 0) + most
        total = sum(
            most if group is None or group not in self.groups else min(most, self.groups[group].cap)
            for group, most in by_group.items()
        )
        return min(self.cap, total)

    def can_be_complete(self, rule: Rule) -> bool:
        """Whether ``once_per`` lets as many events count as ``at_least_times`` asks for, within its days."""
        if rule.once_per is None or rule.at_least_times is None:
            return True
        days, bucket = self.window_of(rule), rule.once_per
        most = DAY_MS // bucket * days if bucket < DAY_MS else 1 + len(range(1, days, bucket // DAY_MS))
        return most >= rule.at_least_times

    def _most_on_one_day(self, rule: Rule, open_end: int) -> int:
        """Return the most points that a rule with ``once_per`` can give on one day.

        The most come from one event in each period, as late in it as possible.

        Periods shorter than a day all count on each day. Of longer periods, the current one counts from today, the one
        before from its last day, which was yesterday, and so on.
        """
        decay, bucket = self.decay_of(rule), rule.once_per or DAY_MS
        weights = decay.weights
        if bucket < DAY_MS:
            weighted = DAY_MS // bucket * sum(weights)
        else:
            weighted = weights[0] + sum(weights[1 :: bucket // DAY_MS])
        return min(open_end, decay.points(rule.points, weighted))
