"""What activity is worth: rules, groups, caps, the fade. How points are counted is decided in workers/accounts."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from workers.policy.part import Part
from workers.policy.scalars import (
    DAY_MS,
    MINUTE_MS,
    ActivityDuration,
    Bucket,
    Count,
    Days,
    Name,
    Points,
    Text,
    Whole,
    read_duration_ms,
    refuse,
)
from workers.policy.text_patterns import compile_globs


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Activities = Annotated[tuple[Name, ...], BeforeValidator(_one_or_many), Field(max_length=50)]
Globs = Annotated[tuple[Text, ...], BeforeValidator(_one_or_many), Field(max_length=50)]


class When(Part):
    """What an event must be like: all keys given must fit, one of the patterns of each suffices.

    ``activity`` is one of the named words; the others are globs (``*`` is anything, any case). A rule with ``form``
    is about form fills, every other rule about web activities; ``url`` and ``campaign`` are known of both.
    """

    activity: Activities = ()
    """Words of ``activity``, one or several."""
    url: Globs = ()
    """Patterns of the page's address."""
    asset: Globs = ()
    """Patterns of what was downloaded or watched."""
    form: Globs = ()
    """Patterns of the form's id: the rule is about form fills."""
    campaign: Globs = ()
    """Patterns of the campaign's name: ``campaign: "launch-*"``."""

    @model_validator(mode="after")
    def _says_something(self) -> When:
        if not (self.activity or self.url or self.asset or self.form or self.campaign):
            refuse("at least one of activity, url, asset, form, campaign")
        if self.form and (self.activity or self.asset):
            refuse("form without activity and asset: no event is both a form fill and a web activity")
        return self

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """For ``match`` against the whole text of url, asset, form and campaign (its name); only the keys given."""
        given = {"url": self.url, "asset": self.asset, "form": self.form, "campaign": self.campaign}
        return {key: compile_globs(patterns) for key, patterns in given.items() if patterns}


class Rule(Part):
    """One rule: points for each event that fits, negative ones lower."""

    when: When
    points: Annotated[Whole, Field(ge=-10_000, le=10_000)]
    cap: Count | None = None
    group: Name | None = None
    instead_of: Name | None = None
    """The general rule whose place this one takes for the same event."""
    at_least: ActivityDuration | None = None
    """How long the activity must last (45s, 2m), stated by the event, else until the next activity of the session."""
    once_per: Bucket | None = None
    """Of the events in one such part of time one counts, the first: 4h, 24h, 7d, counted from midnight."""
    implies: Name | None = None
    """Another rule that counts with this one: who clicks a mail has opened it. That one counts once per message."""

    @model_validator(mode="after")
    def _sane(self) -> Rule:
        if self.points == 0:
            refuse("points other than 0: a rule without points says nothing")
        if self.cap is not None and self.points < 0:
            refuse("no cap on a rule that takes points away")
        if self.cap is not None and self.cap < self.points:
            refuse(f"a cap of at least the points of one event, but {self.cap} is below {self.points}")
        if self.at_least is not None and self.when.form:
            refuse("no at_least on a rule about forms: a form takes no time that anybody states")
        return self


class Group(Part):
    """Rules that share a cap."""

    cap: Points


class Decay(Part):
    """Each event's points go to zero in a straight line, in whole days of the policy's zone; caps come after."""

    to_zero_after_days: Days


class Signals(Part):
    """Rules that are buying signals: what fits them on an owned account reaches its owner, ``bundle`` by bundle."""

    rules: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
    bundle: Annotated[int, BeforeValidator(read_duration_ms), Field(ge=MINUTE_MS, le=7 * DAY_MS)]
    """What is done within this time after the first signal is one alert: ``4h``."""


class Behaviour(Part):
    """All rules together give at most ``cap``."""

    cap: Points
    fade: Decay
    session_gap: Annotated[ActivityDuration, Field(ge=MINUTE_MS)] | None = None
    """For ``at_least``: a pause longer than this ends the session, so what came before it lasted nobody knows how long."""
    groups: dict[Name, Group] = Field(default_factory=dict, max_length=20)
    rules: Annotated[dict[Name, Rule], Field(min_length=1, max_length=100)]
    signals: Signals | None = None
    """Left out: nothing is a buying signal."""

    @cached_property
    def replaces(self) -> dict[str, frozenset[str]]:
        """The rules that step back where a rule fits, by its name, those behind them included."""
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
        """How long an activity may have lasted that states nothing; half an hour where the policy is silent."""
        return self.session_gap or 30 * MINUTE_MS

    @cached_property
    def implied(self) -> dict[str, tuple[str, ...]]:
        """The rules that count with a rule, by its name, those behind them included."""
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
        """The rules that another one implies: an opening counts once, however often the mail is opened or clicked."""
        return frozenset(rule.implies for rule in self.rules.values() if rule.implies is not None)

    @cached_property
    def attainable(self) -> int:
        """The most that behaviour can give: the rules' and groups' caps may stop it below ``cap``."""
        open_end = self.cap
        by_group: dict[str | None, int] = {}
        for rule in self.rules.values():
            if rule.points > 0:
                most = self._most_at_once(rule, open_end) if rule.once_per is not None else open_end
                most = most if rule.cap is None else min(most, rule.cap)
                by_group[rule.group] = by_group.get(rule.group, 0) + most
        total = sum(
            most if group is None or group not in self.groups else min(most, self.groups[group].cap)
            for group, most in by_group.items()
        )
        return min(self.cap, total)

    def _most_at_once(self, rule: Rule, open_end: int) -> int:
        """The most that a rule with ``once_per`` can give on one day: an event in each part of time, as late as can be.

        Of parts within a day all those of each day count; of parts of several days the one that began today, the one
        before on its last day, yesterday, and so on.
        """
        horizon, bucket = self.fade.to_zero_after_days, rule.once_per or DAY_MS
        if bucket < DAY_MS:
            weight = DAY_MS // bucket * horizon * (horizon + 1) // 2
        else:
            ages = range(1, horizon, bucket // DAY_MS)
            weight = horizon + sum(horizon - age for age in ages)
        return min(open_end, rule.points * weight // horizon)
