"""Notes on partners: levels that are probably slips, weights without effect, and next partners that do not exist.

In: a policy that passes. Out: notes. The policy is loaded.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from workers.policy.checks.partners import share_accounts
from workers.policy.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.partners import Partner
    from workers.policy.problem import Problem

_LONGEST_CODE: Final = 3
"""The most characters of the code of a region without its country. A longer text is a name."""


def note_partners(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield the notes on the partners of a policy."""
    yield from _note_levels(policy, document)
    yield from _note_next(policy, document)


def _note_levels(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each level of a single partner that is probably a slip of another level, or that has a weight."""
    count = Counter(one.level for one in policy.partners.values() if one.level is not None)
    for name, partner in policy.partners.items():
        if partner.level is None or count[partner.level] > 1:
            continue
        near = get_close_matches(partner.level, [one for one in count if one != partner.level], n=1)
        alone = f"no other partner has the level {partner.level}"
        if near:
            yield document.make_problem(("partners", name, "level"), alone, f"{near[0]} may be meant")
        elif partner.weight is not None:
            yield document.make_problem(("partners", name, "weight"), alone, "the weight has no effect")


def _note_next(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each partner whose accounts go to the next partner, although no other partner covers them."""
    lines = [line for text in policy.tables.values() for line in read_table(text).lines]
    of_tables = {line.name for line in lines if line.target == "partner"}
    for name, partner in policy.partners.items():
        others = {other: one for other, one in policy.partners.items() if other != name}
        has_next = any(
            other in of_tables or name in of_tables or _may_share(partner, one)
            for other, one in others.items()
        )
        if partner.then == "next_partner" and not has_next:
            yield document.make_problem(
                ("partners", name, "then"),
                "no other partner covers an account of this one",
                "without an answer, the next route decides",
            )


def _may_share(one: Partner, other: Partner) -> bool:
    """Whether both partners may cover one account.

    An account has one value of each condition, so only different values of the same condition exclude that. The name of a
    region may mean a code.
    """
    mine, theirs = one.conditions, other.conditions
    if len(mine) > 1 or mine.keys() != theirs.keys() or share_accounts(one, other):
        return True
    if "regions" not in mine:
        return False
    plain = [[value.rpartition("-")[2] for value in side["regions"]] for side in (mine, theirs)]
    has_names = any(len(value) > _LONGEST_CODE for side in plain for value in side)
    return has_names or not set(plain[0]).isdisjoint(plain[1])
