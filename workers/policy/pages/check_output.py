"""The output of `lead-router policy check FILE`: the key numbers of a valid policy, or the problems of an invalid one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.desk_inheritance import inherit_desk_keys
from workers.policy.checks.fit_outweighs_behaviour import describe_lowest_fit, every_gate
from workers.policy.checks.notes import find_notes
from workers.policy.document import read
from workers.policy.field_words import read_field_words
from workers.policy.load import PolicyError, load_policy_file
from workers.policy.pages.default_lines import list_defaults

if TYPE_CHECKING:
    from pathlib import Path

    from workers.policy.checks.seen_events import SeenEvents
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_policy_file(path: Path) -> tuple[bool, list[str]]:
    """Check a policy file. Return whether it passes, and the lines to print."""
    try:
        policy, text = load_policy_file(path)
    except PolicyError as error:
        count = len(error.problems)
        return False, [
            *(str(problem) for problem in error.problems),
            f"{path}: {count} {'problem' if count == 1 else 'problems'}; the policy is not loaded",
        ]
    notes = find_notes(policy, read(text, str(path)))
    return True, [
        *_summarize(policy),
        *_describe_defaults(path, policy),
        *_write_notes(notes),
    ]


def describe_unseen(path: Path, seen: SeenEvents) -> list[str]:
    """Return the notes on what of a valid policy a history never shows."""
    document = read(path.read_text("utf-8-sig"), str(path))
    read_field_words(document)
    inherit_desk_keys(document)
    return _write_notes(list(seen.notes(document)))


def _write_notes(notes: list[Problem]) -> list[str]:
    return [
        f"{one.file}:{one.line}: {one.key}: note: {one.found}; {one.expected}" for one in sorted(set(notes))
    ]


def name_defaults(path: Path) -> list[str]:
    """Return one line with the keys that a refused file does not have. Empty if it has all, or cannot be read."""
    try:
        lines = list_defaults(path.read_text("utf-8-sig"), str(path), None)
    except (OSError, UnicodeDecodeError, PolicyError):
        return []
    names = ", ".join(line.partition(":")[0] for line in lines)
    return [f"keys that the file does not have, and that then have their defaults: {names}"] if names else []


def _describe_defaults(path: Path, policy: Policy) -> list[str]:
    """Return the defaults that hold because the file does not have the keys."""
    lines = list_defaults(path.read_text("utf-8-sig"), str(path), policy)
    return (
        ["defaults, for keys that the file does not have:", *(f"  {line}" for line in lines)] if lines else []
    )


def _summarize(policy: Policy) -> list[str]:
    cap, bar, most = policy.behaviour.cap, policy.stages.mql.bar, policy.behaviour.attainable
    fit, gates = describe_lowest_fit(policy), every_gate(policy)
    lines = [
        f"{policy.name}, version {policy.version}, hash {policy.hash}: passes",
        f"lowest fit that passes {gates}: {policy.lowest_fit} ({fit})",
        f"highest fit: {policy.highest_fit}",
        f"behaviour: at most {most} (cap {cap}), {policy.behaviour.fade.describe()}",
        _describe_threshold(policy),
        f"routes: {', '.join(route.name for route in policy.routes)} (desk {policy.default_desk})",
    ]
    if bar is not None and bar <= policy.lowest_fit:
        lines.append(
            "note: fit alone reaches the MQL threshold; a lead that passes the gates is an MQL at its first event"
        )
    if policy.definitions:
        lines.append("definitions:")
        lines += [f"  {word}: {text}" for word, text in policy.definitions.items()]
    return lines


def _describe_threshold(policy: Policy) -> str:
    bar = policy.stages.mql.bar
    if bar is None:
        return "MQL threshold (bar): none; no number of points makes an MQL"
    needed, most = max(bar - policy.lowest_fit, 0), policy.behaviour.attainable
    more = "" if needed <= most else f", and behaviour gives at most {most}"
    return f"MQL threshold (bar): {bar}; a lead with the lowest fit needs {needed} points of behaviour{more}"
