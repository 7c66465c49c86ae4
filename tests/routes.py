"""The default policy with other routes, desks and partners, so that tests do not depend on the default policy's lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

NEVER = "{if: never, to: nobody}"
SUPPORT = "{if: support_question, to: desk care, kind: service}"
CUSTOMER = "{if: customer, to: account owner, kind: expansion}"
OPEN = "{if: open_opportunity, to: opportunity owner, kind: in_cycle}"
OWNER = "{if: account_has_owner, to: account owner}"
PARTNER = "{if: partner_covers, to: partner}"
REP = "{if: account_has_rep, to: that rep, for_days: 180}"
FORMER = "{if: former_customer, to: former rep}"
WEST = "{if: {regions: [CA, OR, WA]}, to: desk west}"
REST = "{otherwise: desk inside_sales}"
OWNED = (NEVER, CUSTOMER, OPEN, OWNER)

_DESK = """
    calendar: {calendar}
    manager: dana
    turn: {{when_away: skip, when_rejected: give_back}}
    mqls_per_rep: {{most: 8, per: week, when_full: wait}}
    everyone_away: {{mql: hold, raised_hand: dana}}
    answer_within: {{mql: 3h, raised_hand: 30m, inquiry: 8h, expansion: 4h, in_cycle: 2h{more}}}
    due_soon_percent: 75
"""


def desk(name: str, *, calendar: str = "east", more: str = "") -> str:
    """Return the policy text of a desk."""
    return f"  {name}:{_DESK.format(calendar=calendar, more=more)}"


def with_routes(text: str, routes: Sequence[str], desks: str = "", before: str = "") -> str:
    """Return the policy with these routes, and with inside_sales and ``desks`` as its only desks.

    ``before``: keys to add before the routes.
    """
    for section in ("owners", "partners"):  # those of the default policy
        text = re.sub(rf"^{section}:.*\n(?:  .*\n)*", "", text, flags=re.MULTILINE)
    lines = "".join(f"  - {line}\n" for line in routes)
    text, found = re.subn(r"^routes:\n(?:  [ -].*\n)+", f"{before}routes:\n{lines}", text, flags=re.MULTILINE)
    assert found == 1
    # Only inside_sales of the default policy's desks stays, because the others have no route any more.
    (block,) = re.findall(r"^desks:\n((?:(?:  .*)?\n)*?)(?=\S)", text, flags=re.MULTILINE)
    (kept,) = re.findall(r"^  inside_sales:\n(?:    .*\n|\n)+", block, flags=re.MULTILINE)
    return text.replace(block, f"{kept.rstrip()}\n{desks}\n")
