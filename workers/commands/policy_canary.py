"""A policy that is tried on a part of the accounts: what `lead-router policy publish --canary` publishes and prints.

In: the followed config with its canary, a newer policy, the words of ``--canary``. Out: the config to publish, or why it cannot
be; sentences about which accounts have which version. It writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workers.commands.errors import CommandError
from workers.engine.api import Canary, Config
from workers.policy.canary import ShareError, find_shared_changes, read_share

if TYPE_CHECKING:
    from workers.policy.model import Policy


def running_canary(followed: Config) -> Canary | None:
    """Return the canary that decides a part of the accounts now, or None."""
    canary = followed.canary
    return canary if canary is not None and canary.share else None


def config_of_canary(canary: Canary) -> Config:
    """Return a canary's policy as a config of its own, for comparisons."""
    return Config(canary.name, canary.version, canary.hash, canary.text)


def canary_text(followed: Config) -> str:
    """Return the text of the canary that runs. Raises CommandError if there is none."""
    canary = running_canary(followed)
    if canary is None:
        raise CommandError(f"{name_of(followed)} decides all accounts; there is no canary")
    return canary.text


def begin_canary(
    words: str, tried: tuple[Policy, Config], present: tuple[Policy, Config], *, is_everywhere: bool
) -> Config:
    """Return the present config with a policy as its canary.

    Args:
        words: the accounts, as ``--canary`` has them.
        tried: the newer policy.
        present: the policy that is followed.
        is_everywhere: whether all partitions follow the present policy and its canary.

    Raises:
        CommandError: the words name no accounts, the policy changes what accounts share, or it is tried on them already.
    """
    (policy, config), (before, followed) = tried, present
    try:
        share = read_share(words, before)
    except ShareError as error:
        raise CommandError(f"--canary: {error}") from None
    shared = find_shared_changes(before, policy)
    if shared:
        raise CommandError(
            f"version {config.version} changes what accounts share, so it cannot be tried on a part of them; publish these keys "
            "for all accounts first:\n" + "\n".join(f"  {one}" for one in shared)
        )
    now = followed.canary
    is_known = now is not None and now.hash == config.hash
    if now is not None and is_known and now.share == share.text and is_everywhere:
        raise CommandError(f"version {config.version} is tried on {accounts_of(share.text)} already")
    step = now.step + 1 if now is not None and is_known else 1
    return replace(
        followed, canary=Canary(config.name, config.version, config.hash, config.text, share.text, step)
    )


def end_canary(followed: Config, canary: Canary) -> Config:
    """Return the present config for all accounts again. The version of the canary stays used."""
    return replace(followed, canary=replace(canary, share="", step=canary.step + 1))


def accounts_of(share: str) -> str:
    """Return the accounts of a canary in words."""
    return f"{share} of the accounts" if share.endswith("%") else f"the accounts with {share}"


def name_of(config: Config) -> str:
    """Return the name, version and hash of a config, and of the canary that runs."""
    name, canary = f"policy {config.name}, version {config.version} ({config.hash})", running_canary(config)
    if canary is None:
        return name
    return f"{name}, with version {canary.version} ({canary.hash}) for {accounts_of(canary.share)},"


def describe_accounts(followed: Config, config: Config) -> list[str]:
    """Return which accounts another version decides if ``config`` is published. Empty: all, and there is no canary."""
    old, new = running_canary(followed), running_canary(config)
    if new is not None:
        chosen = " by a hash of their key" if new.share.endswith("%") else ""
        lines = [
            f"Version {new.version} decides {accounts_of(new.share)}{chosen}. All others stay with version {config.version},",
            "and so do desks, turns, capacity and partners.",
        ]
        if old is not None and old.hash == new.hash:
            lines.append(f"Until now it decides {accounts_of(old.share)}.")
        elif old is not None:
            lines.append(f"The canary of version {old.version} ends; {accounts_of(old.share)} had it.")
        return lines
    if old is None:
        return []
    if config.version == followed.version:
        return [
            f"The canary of version {old.version} ends: version {config.version} decides {accounts_of(old.share)} again."
        ]
    if config.hash == old.hash:
        return [f"All accounts get version {config.version}. Until now it decides {accounts_of(old.share)}."]
    return [f"All accounts get version {config.version}. The canary of version {old.version} ends."]
