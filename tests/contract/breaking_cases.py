"""Changes of the contract: breaking ones, each with its kind and place, and harmless ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.breaking import BreakKind
from schemas.generate import build_documents

Documents = dict[str, Any]
Change = Callable[[Documents], object]


def props(all_: Documents, topic: str, of: str | None = None) -> Any:
    return (all_[topic]["$defs"][of] if of else all_[topic])["properties"]


def defs(all_: Documents, topic: str, name: str) -> Any:
    return all_[topic]["$defs"][name]


CURRENT = build_documents()
OUT, IN, LOG, FORM = "lead.routing", "crm.accounts", "lead.events", "form.fills"
OPTIONAL = {"type": "string"}

REFUSED: list[tuple[str, BreakKind, str, Change]] = [
    ("a result is gone", BreakKind.TOPIC_REMOVED, "", lambda d: d.pop(OUT)),
    (
        "a result has another key",
        BreakKind.KEY_CHANGED,
        "(x-key)",
        lambda d: d[OUT].update({"x-key": "lead_id"}),
    ),
    ("an input has another key", BreakKind.KEY_CHANGED, "(x-key)", lambda d: d[IN].update({"x-key": "name"})),
    (
        "a result has another CloudEvents type",
        BreakKind.EVENT_TYPE_CHANGED,
        "(x-event-type)",
        lambda d: d[OUT].update({"x-event-type": "lead.handed"}),
    ),
    (
        "a result has lost a field",
        BreakKind.FIELD_REMOVED,
        "revision",
        lambda d: (props(d, OUT).pop("revision"), d[OUT]["required"].remove("revision")),
    ),
    (
        "a result has lost an optional field",
        BreakKind.FIELD_REMOVED,
        "person",
        lambda d: props(d, OUT).pop("person"),
    ),
    (
        "a part of a result has lost a field",
        BreakKind.FIELD_REMOVED,
        "explanation.policy.version",
        lambda d: (
            props(d, OUT, "PolicyRef").pop("version"),
            defs(d, OUT, "PolicyRef")["required"].remove("version"),
        ),
    ),
    (
        "a result may leave out a field that was always present",
        BreakKind.FIELD_MAY_BE_MISSING,
        "account_key",
        lambda d: d[OUT]["required"].remove("account_key"),
    ),
    (
        "a result's number became a text",
        BreakKind.TYPE_CHANGED,
        "revision",
        lambda d: props(d, OUT).update(revision={"type": "string"}),
    ),
    (
        "a result's whole number may have decimals",
        BreakKind.TYPE_CHANGED,
        "explanation.total",
        lambda d: props(d, OUT, "Explanation").update(total={"type": "number"}),
    ),
    (
        "a result's field may be null",
        BreakKind.TYPE_CHANGED,
        "route",
        lambda d: props(d, OUT).update(route={"anyOf": [props(d, OUT)["route"], {"type": "null"}]}),
    ),
    (
        "the items of a result's list have another type",
        BreakKind.TYPE_CHANGED,
        "colleagues[]",
        lambda d: props(d, OUT)["colleagues"].update(items={"type": "object"}),
    ),
    (
        "a result's closed vocabulary has a new code",
        BreakKind.VALUE_ADDED,
        "action",
        lambda d: defs(d, OUT, "Action")["enum"].append("paused"),
    ),
    (
        "a result's vocabulary became free text",
        BreakKind.VALUE_ADDED,
        "explanation.reasons[]",
        lambda d: defs(d, OUT, "Reason").pop("enum"),
    ),
    (
        "a result's text has lost its pattern",
        BreakKind.PATTERN_CHANGED,
        "explanation.grade",
        lambda d: props(d, OUT, "Explanation")["grade"].pop("pattern"),
    ),
    (
        "a result's time became a plain text",
        BreakKind.PATTERN_CHANGED,
        "occurred_at",
        lambda d: props(d, OUT)["occurred_at"].pop("format"),
    ),
    (
        "a result's list may be longer",
        BreakKind.BOUND_CHANGED,
        "colleagues",
        lambda d: props(d, OUT)["colleagues"].update(maxItems=11),
    ),
    (
        "a result's number may be lower",
        BreakKind.BOUND_CHANGED,
        "revision",
        lambda d: props(d, OUT)["revision"].update(minimum=0),
    ),
    (
        "a result's list has no bound",
        BreakKind.BOUND_CHANGED,
        "colleagues",
        lambda d: props(d, OUT)["colleagues"].pop("maxItems"),
    ),
    (
        "an input has a new required field",
        BreakKind.FIELD_REQUIRED,
        "tier",
        lambda d: (props(d, IN).update(tier=OPTIONAL), d[IN]["required"].append("tier")),
    ),
    (
        "an input's optional field became required",
        BreakKind.FIELD_REQUIRED,
        "country",
        lambda d: d[IN]["required"].append("country"),
    ),
    (
        "an input no longer accepts null",
        BreakKind.TYPE_CHANGED,
        "employees",
        lambda d: props(d, IN)["employees"]["anyOf"].pop(),
    ),
    (
        "an input accepts whole numbers only",
        BreakKind.TYPE_CHANGED,
        "duration_seconds",
        lambda d: props(d, "web.activity")["duration_seconds"]["anyOf"][0].update(type="integer"),
    ),
    (
        "an input's vocabulary has lost a code",
        BreakKind.VALUE_REMOVED,
        "relationship",
        lambda d: defs(d, IN, "Relationship")["enum"].remove("partner"),
    ),
    (
        "an input's free text became a vocabulary",
        BreakKind.VALUE_REMOVED,
        "form_id",
        lambda d: props(d, FORM)["form_id"].update(enum=["demo", "paper"]),
    ),
    (
        "an input's text got a pattern",
        BreakKind.PATTERN_CHANGED,
        "name",
        lambda d: props(d, IN)["name"].update(pattern="^[A-Z]"),
    ),
    (
        "an input has another pattern",
        BreakKind.PATTERN_CHANGED,
        "sic[]",
        lambda d: props(d, IN)["sic"]["items"].update(pattern="^[0-9]{4}$"),
    ),
    (
        "an input's text must be shorter",
        BreakKind.BOUND_CHANGED,
        "name",
        lambda d: props(d, IN)["name"].update(maxLength=80),
    ),
    (
        "an input's number must be higher",
        BreakKind.BOUND_CHANGED,
        "employees",
        lambda d: props(d, IN)["employees"]["anyOf"][1].update(minimum=1),
    ),
    (
        "an internal log has lost a record type that old logs hold",
        BreakKind.TYPE_CHANGED,
        "",
        lambda d: d[LOG]["oneOf"].remove({"$ref": "#/$defs/RepChanged"}),
    ),
    (
        "a record type of an internal log needs a field that old logs do not hold",
        BreakKind.FIELD_REQUIRED,
        "why",
        lambda d: (
            props(d, LOG, "RepChanged").update(why=OPTIONAL),
            defs(d, LOG, "RepChanged")["required"].append("why"),
        ),
    ),
]

ALLOWED: list[tuple[str, Change]] = [
    ("nothing changed", lambda d: d),
    ("a new topic", lambda d: d.update({"lead.summaries": d[OUT]})),
    (
        "a result has a new field",
        lambda d: (props(d, OUT).update(tier=OPTIONAL), d[OUT]["required"].append("tier")),
    ),
    ("a result's optional field is always present now", lambda d: d[OUT]["required"].append("person")),
    (
        "a result's closed vocabulary has lost a code",
        lambda d: defs(d, OUT, "Action")["enum"].remove("relabelled"),
    ),
    (
        "a vocabulary that may grow has a new code",
        lambda d: defs(d, OUT, "Reason")["enum"].append("full_moon"),
    ),
    ("a result's text got a pattern", lambda d: props(d, OUT)["lead_id"].update(pattern="^[0-9a-f-]{36}$")),
    ("a result's list is shorter", lambda d: props(d, OUT)["colleagues"].update(maxItems=5)),
    ("an input has a new optional field", lambda d: props(d, IN).update(tier=OPTIONAL)),
    ("an input no longer has a field", lambda d: props(d, IN).pop("region")),
    ("an input's required field became optional", lambda d: d[IN]["required"].remove("name")),
    (
        "an input also accepts null",
        lambda d: props(d, IN).update(name={"anyOf": [props(d, IN)["name"], {"type": "null"}]}),
    ),
    ("an input accepts decimals", lambda d: props(d, IN)["employees"]["anyOf"][1].update(type="number")),
    (
        "an input's vocabulary has a new code",
        lambda d: defs(d, IN, "Relationship")["enum"].append("investor"),
    ),
    ("an input's text has no pattern", lambda d: props(d, IN)["crm_account_id"].pop("pattern")),
    ("an input's text may be longer", lambda d: props(d, IN)["name"].update(maxLength=900)),
    (
        "an internal log has a new record type",
        lambda d: (
            d[LOG]["$defs"].update(
                New={"type": "object", "properties": {"type": {"const": "new", "type": "string"}}}
            ),
            d[LOG]["oneOf"].append({"$ref": "#/$defs/New"}),
        ),
    ),
    ("a description changed", lambda d: d[OUT].update(description="Who gets it.")),
]
