"""The fields that Case.change, LeadInHand.change and Case.raise_alert accept are those of the rows."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest

from workers.accounts.state.account import AccountRow
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.fields import AccountFields, AlertFields, LeadFields
from workers.accounts.state.lead import LeadRow
from workers.engine.rows import Row


@pytest.mark.parametrize(
    ("row", "fields", "left_out"),
    [(AccountRow, AccountFields, set()), (LeadRow, LeadFields, set()), (AlertRow, AlertFields, {"alert"})],
)
def test_the_typed_fields_are_those_of_the_row(row: type[Row], fields: Any, left_out: set[str]) -> None:
    hints = get_type_hints(row)
    of_row = {name: hints[name] for name in row.__struct_fields__ if name not in left_out}
    assert get_type_hints(fields) == of_row
