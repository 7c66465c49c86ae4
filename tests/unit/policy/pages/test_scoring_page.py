"""Each piece of a policy on docs/policy-scoring.md passes the check."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers.policy.load import load_policy

ROOT = Path(__file__).parents[4]
PIECES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "policy-scoring.md").read_text("utf-8"), re.DOTALL)


def read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - texts only


def merged(base: Any, piece: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(piece, dict):
        return piece
    return base | {key: merged(base.get(key), value) for key, value in piece.items()}


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.splitlines()[0])
def test_an_example_of_the_page_passes_in_the_default_policy(piece: str) -> None:
    low = "{fit: {proof: gates_decide}, stages: {mql: {bar: 60}}, grade: {fit: {A: 60, B: 50, C: 40}}}"
    base = merged(read((ROOT / "policy" / "default.yaml").read_text("utf-8")), read(low)) | {"paths": []}
    tree = merged(base, read(piece))
    if '["*"], by' in piece:  # the page shows a policy without a threshold
        del tree["stages"]["mql"]["bar"]
        tree["definitions"] = {"mql": "Answers a campaign.", "sql": "Need and timing confirmed."}
        del tree["grade"]

    load_policy(yaml.safe_dump(tree, sort_keys=False))
