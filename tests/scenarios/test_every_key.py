"""Every key of the policy has an effect: another value of it changes the outputs of a tale.

The tables are complete: a key of the models without a case fails here by its name. Fields that only repeat a piece of the
policy (its name and version, a definition, the needed value of a territory) do not count as a change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from tests.scenarios.keys.desks import DESKS
from tests.scenarios.keys.domains import DOMAINS
from tests.scenarios.keys.people import PEOPLE
from tests.scenarios.keys.routes import ROUTES
from tests.scenarios.keys.scoring import SCORING
from tests.scenarios.keys.stages import STAGES
from tests.scenarios.keys.tales import Tale, decisions, key_of, keys
from tests.scenarios.keys.worth import WORTH
from workers.broker.topic_plan import plan_topics
from workers.policy.load import PolicyError, load_policy
from workers.settings import Settings

TABLES: Final = (WORTH, SCORING, STAGES, ROUTES, DESKS, PEOPLE, DOMAINS)
LINES: Final = {path: line for table in TABLES for path, line in table.items()}
FIXED: Final = {
    "stages.mql.or_asks_for": ["demo", "pricing"],
    "stages.sales_says_no.not_now": "disqualified",
    "stages.sales_says_no.unreachable": "disqualified",
    "stages.sales_says_no.not_our_market": "recycled",
    "routes[3].kind": "in_cycle",
    "desks.inside_sales.mqls_per_rep.when_full": "drop",
}
"""Keys with one permitted value, each with another value that is refused."""
TOPIC_KEY: Final = "privacy.erase_within"
"""The key that sets how long a broker keeps deleted records. No tale shows its effect."""
CHECK_KEY: Final = "fit.proof"
"""The key that decides which policies pass the check. No tale shows its effect."""
CASES: Final = [pytest.param(path, *line[:2], *(line[2:] or ({},)), id=path) for path, line in LINES.items()]

Outputs = dict[int, list[Any]]


@pytest.fixture(scope="module")
def baseline() -> Outputs:
    """The outputs of each tale under its own policy, by the id of the tale. Filled on first use."""
    return {}


def play_baseline(tale: Tale, baseline: Outputs, folder: Path) -> list[Any]:
    if id(tale) not in baseline:
        baseline[id(tale)] = tale.play(folder, tale.policy_text())
    return baseline[id(tale)]


def test_every_key_has_a_case() -> None:
    covered = {key_of(path) for path in [*LINES, *FIXED, TOPIC_KEY, CHECK_KEY]}
    # A named condition is tested as the line itself is: the one model has the keys of both.
    covered |= {key.replace("routes[].if.", "conditions.*.") for key in covered}
    assert sorted(set(keys()) - covered) == []
    assert len(LINES) == sum(map(len, TABLES))


@pytest.mark.parametrize(("path", "tale", "other", "with_it"), CASES)
def test_another_value_of_a_key_changes_the_outcome(
    path: str, tale: Tale, other: Any, with_it: dict[str, Any], baseline: Outputs, tmp_path: Path
) -> None:
    before = play_baseline(tale, baseline, tmp_path)

    outputs = tale.play(tmp_path, tale.policy_text({path: other, **with_it}))

    assert decisions(outputs, path) != decisions(before, path), (
        f"{path}: {other} does not change the outputs of {tale.name}"
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: next(iter(table)))
def test_the_same_policy_in_another_text_gives_the_same_outcome(
    table: Any, baseline: Outputs, tmp_path: Path
) -> None:
    tale = next(iter(table.values()))[0]
    before = play_baseline(tale, baseline, tmp_path)

    outputs = tale.play(tmp_path, "# Signed by both.\n" + tale.policy_text())

    assert outputs != before
    assert decisions(outputs, "policy") == decisions(before, "policy")


@pytest.mark.parametrize(("path", "other"), FIXED.items(), ids=list(FIXED))
def test_another_value_of_a_fixed_key_is_refused_by_its_name(path: str, other: Any) -> None:
    tale = next(iter(WORTH.values()))[0]
    load_policy(tale.policy_text())

    with pytest.raises(PolicyError) as refused:
        load_policy(tale.policy_text({path: other}))

    assert any(one.key.startswith(path.removesuffix(".kind")) for one in refused.value.problems)


def test_another_erasure_time_changes_the_compaction_of_our_topics() -> None:
    tale = next(iter(WORTH.values()))[0]
    policies = [load_policy(tale.policy_text({TOPIC_KEY: within})) for within in ("24h", "12h")]

    topics = [plan_topics(Settings(), policy.privacy.erase_within) for policy in policies]

    lags = [{one.config.get("max.compaction.lag.ms") for one in planned} for planned in topics]
    assert str(12 * 3_600_000) in lags[1] - lags[0]


def test_with_gates_decide_a_policy_passes_whose_behaviour_gives_more_points_than_fit() -> None:
    tale = next(iter(WORTH.values()))[0]
    much = {"behaviour.cap": "200"}
    with pytest.raises(PolicyError):
        load_policy(tale.policy_text(much | {CHECK_KEY: "outweighs"}))

    load_policy(tale.policy_text(much | {CHECK_KEY: "gates_decide"}))
