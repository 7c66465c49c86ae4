"""What activity is worth: rules, groups, caps, the fade. How points are counted is decided in workers/accounts."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from workers.policy.base import Part
from workers.policy.scalars import Count, Days, Name, Points, Text, Whole, refuse
from workers.policy.wording import glob


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
    url: Globs = ()
    asset: Globs = ()
    form: Globs = ()
    campaign: Globs = ()

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
        return {key: glob(patterns) for key, patterns in given.items() if patterns}


class Rule(Part):
    """One rule: points for each event that fits, negative ones lower."""

    when: When
    points: Annotated[Whole, Field(ge=-10_000, le=10_000)]
    cap: Count | None = None
    group: Name | None = None
    instead_of: Name | None = None
    """The general rule whose place this one takes for the same event."""

    @model_validator(mode="after")
    def _sane(self) -> Rule:
        if self.points == 0:
            refuse("points other than 0: a rule without points says nothing")
        if self.cap is not None and self.points < 0:
            refuse("no cap on a rule that takes points away")
        if self.cap is not None and self.cap < self.points:
            refuse(f"a cap of at least the points of one event, but {self.cap} is below {self.points}")
        return self


class Group(Part):
    """Rules that share a cap."""

    cap: Points


class Fade(Part):
    """Each event's points go to zero in a straight line, in whole days of the policy's zone; caps come after."""

    to_zero_after_days: Days


class Behaviour(Part):
    """All rules together give at most ``cap``."""

    cap: Points
    fade: Fade
    groups: dict[Name, Group] = Field(default_factory=dict, max_length=20)
    rules: Annotated[dict[Name, Rule], Field(min_length=1, max_length=100)]

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
    def attainable(self) -> int:
        """The most that behaviour can give: the rules' and groups' caps may stop it below ``cap``."""
        open_end = self.cap
        by_group: dict[str | None, int] = {}
        for rule in self.rules.values():
            if rule.points > 0:
                most = open_end if rule.cap is None else rule.cap
                by_group[rule.group] = by_group.get(rule.group, 0) + most
        total = sum(
            most if group is None or group not in self.groups else min(most, self.groups[group].cap)
            for group, most in by_group.items()
        )
        return min(self.cap, total)
