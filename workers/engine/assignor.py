"""The group's assignor: Faust's protocol with the placement of placement.py.

Faust's own assignor may keep all standby copies of a worker's partitions on one other worker. If the first is lost, half
of its partitions then go to workers without a copy. Members exchange the same data as with Faust's, so workers of both
kinds can share a group during an upgrade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faust.assignor.client_assignment import ClientAssignment
from faust.assignor.partition_assignor import PartitionAssignor

from workers.engine.placement import Share, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class EngineAssignor(PartitionAssignor):
    """Assigns the same partitions of all topics that the same workers read. ``replicas`` standby copies each."""

    def report_copies(self, topics: Mapping[str, Iterable[int]]) -> None:
        """Report the local copies that this worker has at its start: partitions by topic."""
        self._assignment = ClientAssignment(
            actives={}, standbys={topic: sorted(partitions) for topic, partitions in topics.items()}
        )

    def _perform_assignment(self, cluster: Any, member_metadata: Any) -> Any:
        members = {member: self._get_client_metadata(found) for member, found in member_metadata.items()}
        self._update_member_urls(members)
        assignments = {member: ClientAssignment(actives={}, standbys={}) for member in members}
        groups: dict[tuple[int, tuple[str, ...]], list[str]] = {}
        for topic in sorted({topic for found in member_metadata.values() for topic in found.subscription}):
            readers = tuple(
                sorted(member for member, found in member_metadata.items() if topic in found.subscription)
            )
            partitions = len(cluster.partitions_for_topic(topic) or ())
            groups.setdefault((partitions, readers), []).append(topic)
        topic_groups: dict[str, int] = {}
        for number, ((partitions, readers), topics) in enumerate(sorted(groups.items())):
            before = {member: _share(members[member].assignment, topics) for member in readers}
            for member, share in place(before, partitions, self.replicas).items():
                for topic in topics:
                    assignments[member].actives[topic] = sorted(share.actives)
                    assignments[member].standbys[topic] = sorted(share.standbys)
            topic_groups |= dict.fromkeys(topics, number)
        return self._protocol_assignments(
            assignments,
            self._get_changelog_distribution(assignments),
            self._get_external_topic_distribution(assignments),
            topic_groups,
        )


def _share(reported: Any, topics: list[str]) -> Share:
    """Return what a member had of a group of topics. It had the same partitions of each topic, unless it is new."""
    return Share(
        {partition for topic in topics for partition in reported.actives.get(topic, ())},
        {partition for topic in topics for partition in reported.standbys.get(topic, ())},
    )
