"""Nothing of the policy is read and ignored: another value of any key, and a tale ends otherwise.

The table is closed: a key of the models without a line fails here by its name. What merely says a piece of the policy
again (its name and version, a definition, what a territory would have needed) is no difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from tests.scenarios.keys.desks import DESKS
from tests.scenarios.keys.people import PEOPLE
from tests.scenarios.keys.stages import STAGES
from tests.scenarios.keys.telling import Tale, decided, key_of, keys
from tests.scenarios.keys.whose import WHOSE
from tests.scenarios.keys.worth import WORTH
from workers.broker.topic_plan import plan_topics
from workers.policy.load import PolicyError, load_policy
from workers.settings import Settings

TABLES: Final = (WORTH, STAGES, WHOSE, DESKS, PEOPLE)
LINES: Final = {path: line for table in TABLES for path, line in table.items()}
SAID_OUT: Final = {
    "stages.mql.or_asks_for": ["demo", "pricing"],
    "stages.sales_says_no.not_now": "disqualified",
    "stages.sales_says_no.unreachable": "disqualified",
    "stages.sales_says_no.not_our_market": "recycled",
    "routes[3].kind": "in_cycle",
    "desks.inside_sales.mqls_per_rep.when_full": "drop",
}
"""What both sides have to read and nobody may change: every other value is refused, as this one."""
OF_TOPICS: Final = "privacy.erase_within"
"""Says how long a broker keeps what was deleted, so no tale can tell it."""
CASES: Final = [pytest.param(path, *line[:2], *(line[2:] or ({},)), id=path) for path, line in LINES.items()]

Results = dict[int, list[Any]]


@pytest.fixture(scope="module")
def as_agreed() -> Results:
    """How the tales end as they were agreed, by their ids, as far as they were told."""
    return {}


def ends(tale: Tale, as_agreed: Results, folder: Path) -> list[Any]:
    if id(tale) not in as_agreed:
        as_agreed[id(tale)] = tale.replay(folder, tale.agreement())
    return as_agreed[id(tale)]


def test_every_key_has_a_line() -> None:
    assert sorted(set(keys()) - {key_of(path) for path in [*LINES, *SAID_OUT, OF_TOPICS]}) == []
    assert len(LINES) == sum(map(len, TABLES))


@pytest.mark.parametrize(("path", "tale", "other", "with_it"), CASES)
def test_another_value_of_a_key_ends_a_tale_otherwise(
    path: str, tale: Tale, other: Any, with_it: dict[str, Any], as_agreed: Results, tmp_path: Path
) -> None:
    before = ends(tale, as_agreed, tmp_path)

    results = tale.replay(tmp_path, tale.agreement({path: other, **with_it}))

    assert decided(results, path) != decided(before, path), f"{path}: {other} changes nothing in {tale.name}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: next(iter(table)))
def test_the_same_agreement_in_another_text_ends_a_tale_as_before(
    table: Any, as_agreed: Results, tmp_path: Path
) -> None:
    tale = next(iter(table.values()))[0]
    before = ends(tale, as_agreed, tmp_path)

    results = tale.replay(tmp_path, "# Signed by both.\n" + tale.agreement())

    assert results != before
    assert decided(results, "policy") == decided(before, "policy")


@pytest.mark.parametrize(("path", "other"), SAID_OUT.items(), ids=list(SAID_OUT))
def test_what_nobody_may_change_is_refused_by_its_name(path: str, other: Any) -> None:
    tale = next(iter(WORTH.values()))[0]
    load_policy(tale.agreement())

    with pytest.raises(PolicyError) as refused:
        load_policy(tale.agreement({path: other}))

    assert any(one.key.startswith(path.removesuffix(".kind")) for one in refused.value.problems)


def test_another_time_to_erase_compacts_what_we_write_within_that_time() -> None:
    tale = next(iter(WORTH.values()))[0]
    policies = [load_policy(tale.agreement({OF_TOPICS: within})) for within in ("24h", "12h")]

    topics = [plan_topics(Settings(), policy.privacy.erase_within) for policy in policies]

    lags = [{one.config.get("max.compaction.lag.ms") for one in planned} for planned in topics]
    assert str(12 * 3_600_000) in lags[1] - lags[0]
