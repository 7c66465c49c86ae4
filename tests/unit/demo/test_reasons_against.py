"""The report names the obstacle of each lead without a hand-off in words, never by a code."""

from __future__ import annotations

import re
from typing import Any

import pytest

from schemas.vocabulary import Reason, Stage
from workers.accounts.stages import lacks
from workers.demo.reasons_against import BELOW, EXCLUSIONS, OBSTACLES, STAGES, reason_against


def against(
    stage: Stage,
    *reasons: Reason,
    failed: tuple[str, ...] = (),
    unknown: tuple[str, ...] = (),
    needed: tuple[str, ...] = (),
    missing: int = 0,
) -> str:
    return reason_against(
        stage, reasons, failed=failed, unknown=unknown, needed=needed, points_missing=missing
    )


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("reason", list(Reason))
def test_no_code_appears_in_any_text(stage: Stage, reason: Reason) -> None:
    for needed in ((), *((name,) for name in OBSTACLES)):
        text = against(stage, reason, needed=needed)
        assert "_" not in text
        assert re.fullmatch(r"[a-zA-Z][^.]+", text)


def test_every_stage_has_a_text() -> None:
    assert STAGES.keys() == set(Stage)


def test_every_change_of_a_permission_or_a_holder_has_a_text() -> None:
    named = {one.name for one in vars(lacks).values() if isinstance(one, lacks.Lack)}
    named |= {one.name for one in lacks._PERMISSIONS.values()}
    assert named - {"exclusion", "activity"} == OBSTACLES.keys()


@pytest.mark.parametrize(
    ("stage", "reasons", "more", "text"),
    [
        (Stage.OUTSIDE, (Reason.GATE_FAILED,), {"failed": ("title",), "missing": 9}, "gate failed: title"),
        (
            Stage.WAITING_FOR_FACTS,
            (Reason.GATE_UNKNOWN,),
            {"unknown": ("revenue",)},
            "waiting for a fact: revenue",
        ),
        (Stage.NURTURE, (Reason.BELOW_BAR,), {"missing": 1, "needed": ("do_not_contact",)}, BELOW),
        (Stage.NURTURE, (Reason.ALL_GATES_PASSED,), {"needed": ("partner",)}, OBSTACLES["partner"]),
        (Stage.MQL, (Reason.BAR_REACHED,), {}, STAGES[Stage.MQL]),
        (Stage.MQL, (Reason.ALL_GATES_PASSED,), {"missing": 4}, STAGES[Stage.MQL]),
        (Stage.CUSTOMER, (Reason.CUSTOMER_ACCOUNT,), {"failed": ("title",)}, STAGES[Stage.CUSTOMER]),
        (
            Stage.CUSTOMER,
            (Reason.CUSTOMER_ACCOUNT, Reason.DO_NOT_CONTACT),
            {"needed": ("do_not_contact",)},
            OBSTACLES["do_not_contact"],
        ),
        (Stage.DISQUALIFIED, (Reason.COMPETITOR,), {"failed": ("industry",)}, EXCLUSIONS[Reason.COMPETITOR]),
        (Stage.DISQUALIFIED, (Reason.SALES_REJECTED,), {"missing": 3}, STAGES[Stage.DISQUALIFIED]),
    ],
)
def test_the_text_names_what_decides(
    stage: Stage, reasons: tuple[Reason, ...], more: dict[str, Any], text: str
) -> None:
    assert against(stage, *reasons, **more) == text
