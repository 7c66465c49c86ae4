"""A local copy is used, or deleted and rebuilt for a reason."""

from __future__ import annotations

import pytest

from workers.engine.staleness import ChangelogState, LocalMeta, StaleCopy, stale_copy

PLACE = "app-desks-changelog-3@cluster"
DAY_MS = 86_400_000
NOW_MS = 1_800_000_000_000
CHANGELOG = ChangelogState(f"{PLACE}#1234", beginning=100, end=500, delete_retention_ms=DAY_MS)


def copy(changelog: str = CHANGELOG.identity, next_offset: int | None = 300, age_ms: int = 0) -> LocalMeta:
    return LocalMeta(changelog, next_offset, NOW_MS - age_ms)


@pytest.mark.parametrize(
    ("meta", "verdict"),
    [
        pytest.param(None, None, id="a copy that holds nothing yet is filled"),
        pytest.param(copy(), None, id="a fresh copy within the changelog is used"),
        pytest.param(copy(next_offset=100), None, id="at the beginning of the changelog"),
        pytest.param(copy(next_offset=500), None, id="at its end"),
        pytest.param(copy(next_offset=99), StaleCopy.OUTSIDE_CHANGELOG, id="before its beginning"),
        pytest.param(copy(next_offset=501), StaleCopy.OUTSIDE_CHANGELOG, id="beyond its end"),
        pytest.param(copy(next_offset=None), StaleCopy.UNKNOWN_POSITION, id="rows that follow no offset"),
        pytest.param(copy("another-3@cluster"), StaleCopy.OTHER_CHANGELOG, id="of another changelog"),
        pytest.param(
            copy("app-desks-changelog-3@elsewhere"), StaleCopy.OTHER_CHANGELOG, id="of another cluster"
        ),
        pytest.param(
            copy(f"{PLACE}#5678"), StaleCopy.RECREATED_CHANGELOG, id="of a topic that was created again"
        ),
        pytest.param(copy(PLACE), StaleCopy.OTHER_CHANGELOG, id="of a release that did not know topic ids"),
        pytest.param(copy(age_ms=DAY_MS // 2), None, id="written half the retention ago"),
        pytest.param(copy(age_ms=DAY_MS // 2 + 1), StaleCopy.TOO_OLD, id="written longer ago than that"),
        pytest.param(copy(age_ms=-DAY_MS), StaleCopy.TOO_OLD, id="written by a clock that runs far ahead"),
        pytest.param(copy(age_ms=-60_000), None, id="written by a clock that runs a minute ahead"),
    ],
)
def test_a_copy_is_rebuilt_for_the_first_reason_that_holds(
    meta: LocalMeta | None, verdict: StaleCopy | None
) -> None:
    assert stale_copy(meta, CHANGELOG, NOW_MS) is verdict
