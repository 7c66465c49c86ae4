"""Which worker gets which partition and which standby copy, over any history of workers that come and go."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workers.engine.placement import Share, place

MEMBERS = ("a", "b", "c", "d", "e")
histories = st.lists(st.sets(st.sampled_from(MEMBERS), min_size=1), min_size=1, max_size=6)


def follow(shares: dict[str, Share], members: set[str], partitions: int, replicas: int) -> dict[str, Share]:
    """Return the shares after the group has changed to ``members``. A new one has nothing."""
    return place({member: shares.get(member, Share()) for member in members}, partitions, replicas)


def owners(shares: dict[str, Share]) -> dict[int, str]:
    return {partition: member for member, share in shares.items() for partition in share.actives}


@given(histories, st.integers(1, 24), st.integers(0, 3))
def test_every_partition_has_one_owner_and_the_asked_copies_on_others(
    history: list[set[str]], partitions: int, replicas: int
) -> None:
    shares: dict[str, Share] = {}
    for members in history:
        shares = follow(shares, members, partitions, replicas)
        assert set(shares) == members
        actives = Counter(partition for share in shares.values() for partition in share.actives)
        assert actives == dict.fromkeys(range(partitions), 1)
        sizes = [len(share.actives) for share in shares.values()]
        assert max(sizes) - min(sizes) <= 1
        copies = Counter(partition for share in shares.values() for partition in share.standbys)
        wanted = min(replicas, len(members) - 1)
        assert copies == (dict.fromkeys(range(partitions), wanted) if wanted else {})
        assert not any(share.actives & share.standbys for share in shares.values())
        assert follow(shares, members, partitions, replicas) == shares, "it moves without a reason"


@given(histories, st.integers(1, 24))
def test_a_lost_workers_partitions_and_no_others_move_to_the_workers_with_their_copies(
    history: list[set[str]], partitions: int
) -> None:
    shares: dict[str, Share] = {}
    for members in history:
        shares = follow(shares, members, partitions, 1)
    for lost in sorted(shares) if len(shares) > 1 else ():
        after = follow(shares, set(shares) - {lost}, partitions, 1)
        moved = {p: member for p, member in owners(after).items() if owners(shares)[p] != member}
        assert set(moved) == shares[lost].actives
        assert all(partition in shares[member].standbys for partition, member in moved.items())


@given(st.sets(st.sampled_from(MEMBERS), min_size=2), st.integers(2, 24))
def test_a_restarted_worker_that_reports_its_copies_gets_its_partitions_back(
    members: set[str], partitions: int
) -> None:
    shares = follow({}, members, partitions, 0)
    back = min(members)
    without = follow(shares, members - {back}, partitions, 0)
    again = follow(without | {back: Share(standbys=shares[back].actives)}, members, partitions, 0)
    assert again[back].actives <= shares[back].actives or len(again[back].actives) > len(shares[back].actives)
