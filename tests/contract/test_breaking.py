from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from breaking_cases import ALLOWED, CURRENT, LOG, OUT, REFUSED, Change, Documents, props

from schemas import freshness
from schemas.breaking import BreakKind, find_breaks, find_breaks_since_release, may_break
from schemas.generate import RELEASED_FOLDER


def changed(change: Change) -> Documents:
    copy = deepcopy(CURRENT)
    change(copy)
    return copy


@pytest.mark.parametrize(("title", "kind", "place", "change"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_breaking_change_is_refused(title: str, kind: BreakKind, place: str, change: Change) -> None:
    found = find_breaks(CURRENT, changed(change))
    assert [(one.kind, one.place) for one in found] == [(kind, place)], title


@pytest.mark.parametrize(("title", "change"), ALLOWED, ids=[case[0] for case in ALLOWED])
def test_a_harmless_change_is_allowed(title: str, change: Change) -> None:
    assert find_breaks(CURRENT, changed(change)) == [], title


def test_a_pair_with_another_type_inside_is_refused() -> None:
    def with_pair(second: str) -> Documents:
        pair = {"type": "array", "prefixItems": [{"type": "integer"}, {"type": second}]}
        return changed(lambda d: props(d, LOG, "AccountLeft").update(kept=pair))

    found = find_breaks(with_pair("integer"), with_pair("string"))
    assert [(one.kind, one.place) for one in found] == [(BreakKind.TYPE_CHANGED, "kept[1]")]


def test_every_kind_of_break_has_a_refused_case() -> None:
    assert {kind for _, kind, _, _ in REFUSED} == set(BreakKind)


def test_a_break_names_place_kind_before_and_after() -> None:
    (found,) = find_breaks(CURRENT, changed(lambda d: props(d, OUT).update(revision={"type": "string"})))
    assert str(found) == "lead.routing: revision: type_changed: was integer, is string"


@pytest.mark.parametrize(
    ("released", "version", "allowed"),
    [
        ("0.1.0", "0.1.9", False),
        ("0.1.0", "0.2.0", True),
        ("0.9.0", "1.0.0", True),
        ("1.4.2", "1.9.0", False),
        ("1.4.2", "2.0.0", True),
        ("1.4.2", "1.4.2", False),
        ("0.10.0", "0.9.0", False),
    ],
)
def test_only_the_next_major_or_early_minor_version_may_break(
    released: str, version: str, *, allowed: bool
) -> None:
    assert may_break(released, version) is allowed


def test_the_models_keep_the_released_contract() -> None:
    assert find_breaks_since_release(RELEASED_FOLDER) == []


def test_the_models_are_compared_with_the_latest_release(tmp_path: Path) -> None:
    for version in ("0.9.0", "0.10.0"):
        freshness.write(tmp_path / version)
    (tmp_path / "0.9.0" / "lead.gossip.json").write_text('{"x-direction": "out"}')
    assert find_breaks_since_release(tmp_path, "0.10.1") == []
    (tmp_path / "0.10.0" / "lead.gossip.json").write_text('{"x-direction": "out"}')
    assert [one.kind for one in find_breaks_since_release(tmp_path, "0.10.1")] == [BreakKind.TOPIC_REMOVED]
    assert find_breaks_since_release(tmp_path, "0.11.0") == []


def test_the_check_fails_without_a_release(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no release"):
        find_breaks_since_release(tmp_path, "0.1.0")
