"""The leads that sales has decided, with what was known before their hand-off.

In: the run of a policy. Out: for each decided lead its points when it was first handed over as an MQL, and whether it was won.
Nothing that happened after the hand-off is in the points, because they are those that the hand-off itself stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workers.backtest.lead_decisions import decisions_of, sales_history
from workers.backtest.lead_lines import merge_by_lead

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.backtest.lead_decisions import SalesHistory
    from workers.backtest.work_folder import RunFolder


LEAST_OUTCOMES: Final = 50
"""The fewest won leads, and the fewest lost leads, from which anything is suggested."""
LEAST_ACCOUNTS: Final = 20
"""The fewest accounts of these leads. The leads of one account are alike."""
LEAST_LEADS: Final = 10
"""The fewest leads from which a line or a grade is judged."""


class TooFewLeadsError(Exception):
    """Sales has decided too few leads. The text has their numbers."""


@dataclass(frozen=True, slots=True)
class DecidedLead:
    """A lead that sales won or lost, as it was when it was first handed over as an MQL."""

    lead_id: str
    account_key: str
    is_won: bool
    """Whether an opportunity was opened or a deal won. Otherwise sales rejected the lead or lost the deal."""
    fit: int
    total: int
    points: Mapping[str, int]
    """The points of each line of the explanation by rule, such as ``fit:title`` or a rule of behaviour. Without caps."""


def decided_leads(run: RunFolder) -> list[DecidedLead]:
    """Return the decided leads in the order of their ids.

    A lead counts if its first hand-off as an MQL came before sales won or lost it. All others are not decided yet, or sales
    decided them without a hand-off.

    Raises:
        TooFewLeadsError: too few leads were won or lost, or too few accounts have them.
    """
    found = []
    for lead_id, (lines,) in merge_by_lead([run.lead_files()]):
        lead = decisions_of(lines)
        first = lead.first_mql
        if first is None:
            continue
        is_won = _outcome(sales_history(lines), first.at_ms)
        if is_won is None:
            continue
        points = {rule: points for rule, points in first.points if not rule.startswith("cap:")}
        found.append(DecidedLead(lead_id, lead.account_key, is_won, first.fit, first.total, points))
    won, accounts = sum(lead.is_won for lead in found), len({lead.account_key for lead in found})
    if min(won, len(found) - won) < LEAST_OUTCOMES or accounts < LEAST_ACCOUNTS:
        raise TooFewLeadsError(
            f"the history has {won} won and {len(found) - won} lost leads of {accounts} accounts; a suggestion needs at least "
            f"{LEAST_OUTCOMES} won and {LEAST_OUTCOMES} lost leads, of {LEAST_ACCOUNTS} accounts"
        )
    return found


def _outcome(sales: SalesHistory, handed_ms: int) -> bool | None:
    """Return whether sales won the lead after its hand-off. None: not decided, or decided before."""
    if sales.converted_ms is not None:
        return True if sales.converted_ms >= handed_ms else None
    return False if sales.lost_ms is not None and sales.lost_ms >= handed_ms else None
