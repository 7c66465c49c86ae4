"""Plan a publication: the next version, a canary, its end, or the return of the policy before, or why it is refused.

In: the file's policy, the policies that were followed, the reports of the workers. Out: a publication. It writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workers.commands.errors import CommandError
from workers.commands.policy_canary import (
    begin_canary,
    config_of_canary,
    end_canary,
    name_of,
    running_canary,
)
from workers.commands.task_reports import places
from workers.engine.api import Config
from workers.policy.changed_text import VERSION, NoNumberError, with_numbers
from workers.policy.load import PolicyError, load_held_policy, to_config
from workers.policy.model import Policy

if TYPE_CHECKING:
    from workers.commands.task_reports import Archive, TaskReports


@dataclass(frozen=True, slots=True)
class Publication:
    """The policy that is followed, and the one that is to replace it, for all accounts or as a canary."""

    followed: Config
    before: Policy
    """The policy of the accounts that get another one."""
    config: Config
    """The config to follow. A canary is a part of it."""
    policy: Policy
    """The policy that these accounts get."""

    @property
    def given(self) -> Config:
        """The version that these accounts get, as a config of its own."""
        canary = running_canary(self.config)
        return replace(self.config, canary=None) if canary is None else config_of_canary(canary)


def followed_policy(archive: Archive) -> Config:
    """Return the policy that is followed, with its canary. Raises CommandError if no partition follows one."""
    if archive.followed is None:
        raise CommandError(
            "no partition follows a policy yet; start the workers: the first policy is that of their file"
        )
    return archive.followed


def plan(
    new: tuple[Policy, Config] | None, words: str | None, archive: Archive, reports: TaskReports
) -> Publication:
    """Return what is to be published: a policy for all, a canary, or the end of a canary (``new`` None). Raises CommandError."""
    followed = followed_policy(archive)
    before, tried = held_policy(followed), running_canary(followed)
    if new is None and tried is not None:
        return Publication(
            followed, held_policy(config_of_canary(tried)), end_canary(followed, tried), before
        )
    if new is None:
        highest = max(followed.highest_version, reports.highest_version())
        new = earlier_policy(archive, highest + 1)
    refuse_version(new[1], followed, reports)
    if words is None:
        return Publication(followed, before, new[1], new[0])
    refuse_without_canaries(reports)
    is_everywhere = not reports.obstacles(followed)
    config = begin_canary(words, new, (before, followed), is_everywhere=is_everywhere)
    return Publication(followed, before, config, new[0])


def earlier_policy(archive: Archive, version: int) -> tuple[Policy, Config]:
    """Return the policy that was followed before, with another version.

    It is not checked again. It was when it was published, and a check that is newer must not prevent the return.

    Raises:
        CommandError: no other policy was followed before, its version is not written as a number, or this release cannot
            read its text.
    """
    earlier = archive.before
    if earlier is None:
        raise CommandError(
            "no other policy was followed before; publish a file with a higher version instead"
        )
    try:
        text = with_numbers(earlier.text, {VERSION: version})
    except NoNumberError as error:
        raise CommandError(
            f"{error} of the policy {earlier.name}, version {earlier.version}, is not written as a number; publish a file"
        ) from None
    policy = held_policy(Config(earlier.name, version, earlier.hash, text))
    return policy, to_config(policy, text)


def held_policy(config: Config) -> Policy:
    """Return a policy that was followed, without the checks for its author. Raises CommandError if it cannot be read."""
    try:
        return load_held_policy(config.text, config.name)
    except PolicyError as error:
        raise CommandError(
            f"this release cannot read {name_of(config)}; use the release of the workers\n{error}"
        ) from None


def refuse_version(config: Config, followed: Config, reports: TaskReports) -> None:
    """Raise CommandError unless the policy may be published after the followed one."""
    present = max(followed.highest_version, reports.highest_version())
    tried = followed.canary
    if config.hash == followed.hash:
        rest = reports.obstacles(followed)
        raise CommandError(
            f"this text is followed already: {name_of(replace(followed, canary=None))}. "
            + ("Not by all partitions: " + "; ".join(rest) if rest else "Every partition has it")
            + ("" if running_canary(followed) is None else ". To end the canary, use --back")
        )
    is_tried = tried is not None and tried.hash == config.hash and config.version == present
    if config.version <= present and not is_tried:
        same = next((one for one in (followed, tried) if one and one.version == config.version), None)
        found = (
            f"version {config.version} is not higher than version {present}, which is followed"
            if same is None
            else f"version {config.version} is {'followed' if same is followed else 'a canary'} already, with another text"
            f" ({same.hash})"
        )
        back = ". To return to the policy before, use --back" if same is None else ""
        raise CommandError(
            f"{found}; write `version: {present + 1}` into the file, because a decision names its policy by version{back}"
        )
    earlier = reports.of_earlier_release()
    if earlier:
        raise CommandError(
            f"workers of an earlier release serve {places(earlier)}; they would stop at the new policy. Restart them with this"
            " release first, or change the policy as before: a new file for all workers, one restart after the other"
        )


def refuse_without_canaries(reports: TaskReports) -> None:
    """Raise CommandError if a running worker would write the record of a canary to dead letters."""
    without = reports.without_canaries()
    if without:
        raise CommandError(
            f"workers of an earlier release serve {places(without)}; they would decide all accounts by the present policy."
            " Restart them with this release first"
        )
