"""Checks of one owner per account, from the outputs alone: holders after each routing record, and turns used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any


def holders_at_every_prefix(routings: Iterable[Mapping[str, Any]]) -> dict[str, list[set[str]]]:
    """Return, by account and after each record, the holders of its open hand-offs.

    ``routings`` keep the order of each partition.
    """
    held: dict[str, dict[str, str]] = defaultdict(dict)
    after: dict[str, list[set[str]]] = defaultdict(list)
    for event in routings:
        account = event["account_key"]
        if event.get("assignee"):
            held[account][event["handoff_id"]] = event["assignee"]["id"]
        else:
            held[account].pop(event["handoff_id"], None)
        after[account].append(set(held[account].values()))
    return dict(after)


def turns_used(ledger: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return, by account, the number of round-robin turns that were taken and not given back."""
    taken: dict[str, set[str]] = defaultdict(set)
    for line in ledger:
        if line["entry"] in {"turn", "released"}:
            taken[line["account_key"]].add(line["request_id"])
        elif line["entry"] == "return":
            taken[line["account_key"]].discard(line["request_id"])
    return {account: len(requests) for account, requests in taken.items()}
