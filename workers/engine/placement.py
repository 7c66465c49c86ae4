"""Decides which worker gets which partition of a group of co-partitioned topics, and which keeps a standby copy of it.

In: what each worker had before. Out: what each gets. Rules, in this order: every partition has one owner; the numbers of
two workers differ by one at most; a partition stays where it is; it moves to a worker with a local copy. The standby
copies of a worker's partitions are distributed so that, if it is lost, each of them becomes active where its copy is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Share:
    """The partitions of one worker."""

    actives: set[int] = field(default_factory=set)
    standbys: set[int] = field(default_factory=set)
    """Partitions of others of which it keeps a copy."""


def place(before: Mapping[str, Share], partitions: int, replicas: int) -> dict[str, Share]:
    """Return the new share of each member.

    ``before``: the share that each member reports. A new member reports no actives. ``replicas``: the number of standby
    copies of each partition, at most one on each of the other members.
    """
    copies = {member: share.actives | share.standbys for member, share in before.items()}
    after = _place_actives(before, copies, partitions)
    for replica in range(min(replicas, len(before) - 1)):
        if replica == 0:
            _place_successors(after, copies)
        else:
            _place_more(after, copies)
    return after


def _quotas(counts: Mapping[str, int], partitions: int) -> dict[str, int]:
    """Return the number of partitions of each member. Those that have the most keep the odd ones."""
    least, odd = divmod(partitions, len(counts))
    order = sorted(counts, key=lambda member: (-counts[member], member))
    return {member: least + (place < odd) for place, member in enumerate(order)}


def _place_actives(
    before: Mapping[str, Share], copies: Mapping[str, set[int]], partitions: int
) -> dict[str, Share]:
    after = {member: Share() for member in sorted(before)}
    free = set(range(partitions))
    for member, share in after.items():  # if two members report one partition, the first keeps it
        share.actives = before[member].actives & free
        free -= share.actives
    quotas = _quotas({member: len(share.actives) for member, share in after.items()}, partitions)
    room = {member: quotas[member] - len(share.actives) for member, share in after.items()}
    wanted = {partition for member in after if room[member] > 0 for partition in copies[member]}
    for member, share in after.items():
        given = sorted(share.actives, key=lambda partition: (partition not in wanted, partition))
        for partition in given[: max(0, -room[member])]:
            share.actives.discard(partition)
            free.add(partition)
            room[member] += 1

    def holders(partition: int) -> list[str]:
        return [member for member in after if room[member] > 0 and partition in copies[member]]

    for partition in sorted(free, key=lambda partition: (len(holders(partition)) or len(after), partition)):
        candidates = holders(partition) or [member for member in after if room[member] > 0]
        member = max(candidates, key=lambda member: room[member])
        after[member].actives.add(partition)
        room[member] -= 1
    return after


def _place_successors(after: Mapping[str, Share], copies: Mapping[str, set[int]]) -> None:
    """Give each partition its standby copy where the loss of its owner would move it."""
    for owner, share in after.items():
        others = {member: len(one.actives) for member, one in after.items() if member != owner}
        total = sum(others.values()) + len(share.actives)
        room = {member: quota - others[member] for member, quota in _quotas(others, total).items()}
        late = []
        for partition in sorted(share.actives):
            warm = [member for member in others if room[member] > 0 and partition in copies[member]]
            if warm:
                member = max(warm, key=lambda member: room[member])
                after[member].standbys.add(partition)
                room[member] -= 1
            else:
                late.append(partition)
        for partition in late:
            member = max(sorted(others), key=lambda member: room[member])
            after[member].standbys.add(partition)
            room[member] -= 1


def _place_more(after: Mapping[str, Share], copies: Mapping[str, set[int]]) -> None:
    """Give each partition one more standby copy, where a copy is or else where the fewest are."""
    for partition in sorted(partition for share in after.values() for partition in share.actives):
        free = [member for member, share in after.items() if partition not in share.actives | share.standbys]
        member = min(free, key=lambda member: (partition not in copies[member], len(after[member].standbys)))
        after[member].standbys.add(partition)
