"""The demo's printed report: a sample of the hand-offs, the leads without one, and the outcome of every event.

In: the findings. Out: tables for a terminal. The company and the job title of a person are shown only for hand-offs,
where sales sees them too. An e-mail address is never shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from schemas.outputs import LeadRouting
from schemas.vocabulary import Action, AssigneeType, HowChosen, Kind
from workers.demo.findings import Findings, Reconciliation
from workers.demo.market import sales_team
from workers.views.decision_page import Decisions, Subject, page_of

_SAMPLE = 12
_MOST_LATER = 3
"""Number of shown hand-offs that were reassigned or withdrawn. At most 3."""
_KIND_ORDER = (
    Kind.MQL,
    Kind.RAISED_HAND,
    Kind.EXPANSION,
    Kind.IN_CYCLE,
    Kind.CLAIMED,
    Kind.INQUIRY,
    Kind.SERVICE,
)


def print_report(
    console: Console, found: Findings, tally: Reconciliation, weights: Mapping[str, int], seconds: float
) -> None:
    """Print the whole report.

    Args:
        console: the output.
        found: the counted outputs.
        tally: the outcomes of the input events.
        weights: the weights of the reps at the inside sales desk, by rep_id.
        seconds: the time from the first event to the last result.
    """
    handoffs = list(found.handoffs().values())
    console.print()
    console.print(_handoffs(handoffs))
    if shown := sample_decisions(found):
        page = page_of(shown)
        assert page is not None  # noqa: S101 - the decisions hold this hand-off
        console.print(Panel(page, title=f"lead-router why {shown.subject.handoff_id}", title_align="left"))
    console.print(_leads_per_rep(handoffs, weights, found.shares()))
    console.print(_counts("Not handed over, and why", ("leads", found.not_handed_over())))
    alerts = Counter(
        {f"{alert}{', cleared' if cleared else ''}": n for (alert, cleared), n in found.alerts.items()}
    )
    console.print(_counts("Alerts", ("alerts", alerts)))
    console.print(
        "[dim]Two weeks pass in about a minute here, so an answer one second later is five hours late, and a desk whose"
        " answer takes five seconds counts as silent for a day (desk_silent).[/]"
    )
    console.print(_counts("Odd records, and what became of them", ("records", found.odd_records())))
    dead = Counter({f"{reason} on {topic}": n for (topic, reason), n in found.dead.items()})
    console.print(_counts("Dead letters", ("records", dead)))
    console.print(_outcomes(tally, found, seconds))


def sample_decisions(found: Findings) -> Decisions | None:
    """Return the decisions about one hand-off, by rotation if possible, for the page of `lead-router why`."""
    last = found.handoffs().values()
    by_turn = [one for one in last if one.how_chosen is HowChosen.ROTATION and one.kind is Kind.MQL]
    for one in [*by_turn, *last]:
        story = Decisions(Subject(handoff_id=one.handoff_id))
        for revision in found.routings:
            story.add_decision(revision)
        for entry in found.turns:
            story.add_decision(entry)
        return story
    return None


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _handoffs(handoffs: list[LeadRouting]) -> RenderableType:
    by_kind = Counter(event.kind for event in handoffs)
    kinds = ", ".join(f"{by_kind[kind]} {kind}" for kind in _KIND_ORDER if by_kind[kind])
    title = f"{len(handoffs)} hand-offs ({kinds or 'none'}), a sample of them with the reasons"
    table = _table(title, "when", "kind", "job title", "company", "assigned to", "points", "because")
    for event in _sample(handoffs):
        person = event.person
        why = event.explanation
        company = (person.company if person else None) or event.account_key
        label = _words(event.kind) + (f"\n[dim]{event.qualification}[/]" if event.qualification else "")
        table.add_row(
            f"{event.occurred_at:%a %d %b %H:%M}",
            label if event.action is Action.ASSIGNED else f"{label}\n[dim]{event.action}[/]",
            (person.job_title if person else None) or "[dim]no title given[/]",
            company,
            _assignee(event),
            f"{why.grade} {why.total}\n[dim]{why.fit} + {why.behaviour}[/]",
            ", ".join(map(_words, why.reasons)),
        )
    return table


def _sample(handoffs: list[LeadRouting]) -> list[LeadRouting]:
    """Return hand-offs of each kind and of each ``how_chosen``, in their order, and a few reassigned or withdrawn."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for position, event in enumerate(handoffs):
        sort = (event.kind, event.how_chosen or event.action)
        ranked.append((seen[sort], position))
        seen[sort] += 1
    by_rank = [position for _, position in sorted(ranked)]
    first = [position for position in by_rank if handoffs[position].action is Action.ASSIGNED]
    later = [position for position in by_rank if handoffs[position].action is not Action.ASSIGNED][
        :_MOST_LATER
    ]
    shown = first[: _SAMPLE - len(later)] + later
    return sorted((handoffs[position] for position in shown), key=lambda event: event.occurred_at)


def _words(code: str) -> str:
    return code.replace("_", " ")


def _assignee(event: LeadRouting) -> str:
    if event.assignee is None:
        return "[dim]no holder[/]"
    who = event.assignee.name or event.assignee.id
    if event.assignee.type is AssigneeType.DESK:
        who = f"desk {_words(who.removeprefix('desk:'))}"
    how = f"\n[dim]{_words(event.how_chosen)}[/]" if event.how_chosen else ""
    instead = f"\n[dim]for {event.assignee.deputy_for}[/]" if event.assignee.deputy_for else ""
    return f"{who}{how}{instead}"


def _leads_per_rep(
    handoffs: list[LeadRouting], weights: Mapping[str, int], shares: Mapping[str, tuple[int, float]]
) -> RenderableType:
    held: Counter[str] = Counter()
    names = sales_team.names()
    for event in handoffs:
        if event.assignee is not None:
            held[event.assignee.id] += 1
    table = _table(
        "Leads per rep (exact share: by weight, at each turn among the reps who were present and had capacity)",
        "rep",
        "weight",
        "turns",
        "exact share",
        "held at the end",
    )
    for rep_id in sorted(held | Counter(weights), key=lambda rep: (-weights.get(rep, 0), -held[rep], rep)):
        weight = str(weights[rep_id]) if rep_id in weights else "[dim]-[/]"
        name = names.get(rep_id) or f"desk {_words(rep_id.removeprefix('desk:'))}"
        turns, exact = shares.get(rep_id, (0, 0.0))
        of_turns = (str(turns), f"{exact:.1f}") if rep_id in weights else ("[dim]-[/]", "[dim]-[/]")
        table.add_row(name, weight, *of_turns, str(held[rep_id]))
    return table


def _counts(title: str, counted: tuple[str, Counter[str]]) -> RenderableType:
    what, counts = counted
    table = _table(title, "reason", what)
    for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(reason, f"{count:,}")
    if not counts:
        table.add_row("[dim]none[/]", "0")
    return table


def _outcomes(tally: Reconciliation, found: Findings, seconds: float) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(f"{tally.of_leads:,}", "facts about a lead")
    table.add_row(f"{tally.of_unknown_visitors:,}", "kept for visitors who are still anonymous")
    table.add_row(f"{tally.of_no_visitor:,}", "counted only: without a visitor and a person")
    table.add_row(f"{tally.no_visits:,}", "counted only: robots and heartbeats")
    table.add_row(f"{tally.untracked:,}", "counted only: sent with a refusal of tracking")
    table.add_row(f"{tally.repeated:,}", "repeats of an earlier event")
    table.add_row(f"{tally.dead:,}", "dead letters")
    verdict = "[bold green]it adds up[/]" if tally.adds_up else "[bold red]it does not add up[/]"
    table.add_row(
        f"[bold]{tally.accounted:,}[/]",
        f"of {tally.produced:,} web events, forms and chat turns produced: {verdict}",
    )
    pace = f"{tally.produced / seconds:,.0f} events/s as produced" if seconds else ""
    totals = f"{found.scored:,} scores, {sum(found.stages.values()):,} stage changes, {len(found.routings):,} routing records; {seconds:.0f} s, {pace}"
    return Panel(Group(table, "", totals), title="The outcome of every event", title_align="left")
