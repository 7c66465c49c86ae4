from __future__ import annotations

import pytest

from workers.visitors.links import MAX_LINKS, link_at, with_link
from workers.visitors.rows import Link


def link(since_ms: int, person: str) -> Link:
    return Link(since_ms, person, f"domain:{person}.com")


ADA_10, BOB_20 = link(10, "ada"), link(20, "bob")


@pytest.mark.parametrize(
    ("at_ms", "lead_id"), [(0, "ada"), (9, "ada"), (10, "ada"), (19, "ada"), (20, "bob"), (99, "bob")]
)
def test_an_activity_belongs_to_the_link_in_force_and_an_earlier_one_to_the_first_link(
    at_ms: int, lead_id: str
) -> None:
    assert link_at((ADA_10, BOB_20), at_ms).lead_id == lead_id


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ((), ADA_10, (ADA_10,)),
        ((ADA_10,), BOB_20, (ADA_10, BOB_20)),
        ((ADA_10,), link(30, "ada"), (ADA_10,)),
        ((ADA_10,), link(5, "ada"), (ADA_10,)),
        ((ADA_10,), link(5, "bob"), (link(5, "bob"), ADA_10)),
        ((ADA_10, BOB_20), link(15, "bob"), (ADA_10, link(15, "bob"))),
        ((ADA_10, BOB_20), link(15, "eve"), (ADA_10, link(15, "eve"), BOB_20)),
        ((ADA_10, BOB_20), link(30, "ada"), (ADA_10, BOB_20, link(30, "ada"))),
        ((ADA_10,), link(10, "bob"), (ADA_10, link(10, "bob"))),
    ],
)
def test_an_identification_starts_a_link_at_its_time(
    before: tuple[Link, ...], new: Link, after: tuple[Link, ...]
) -> None:
    assert with_link(before, new) == after


def test_a_link_that_changes_nothing_leaves_the_same_links() -> None:
    links = (ADA_10, BOB_20)
    assert with_link(links, link(12, "ada")) is links


def test_another_account_key_of_the_same_person_is_a_new_link() -> None:
    moved = Link(20, "ada", "domain:other.com")
    assert with_link((ADA_10,), moved) == (ADA_10, moved)


def test_of_many_people_at_one_browser_the_latest_links_are_kept() -> None:
    links: tuple[Link, ...] = ()
    for n in range(MAX_LINKS + 3):
        links = with_link(links, link(n, f"p{n}"))
    assert [one.lead_id for one in links] == [f"p{n}" for n in range(3, MAX_LINKS + 3)]
