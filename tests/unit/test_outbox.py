"""Ids are uuid5 of facts."""

from __future__ import annotations

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from workers.outbox import NAMESPACE, fact_id


@given(
    st.lists(st.one_of(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers()), max_size=5)
)
def test_an_id_is_the_librarys_uuid5_of_its_facts(facts: list[str | int]) -> None:
    assert fact_id(*facts) == str(uuid5(NAMESPACE, "\x1f".join(map(str, facts))))
