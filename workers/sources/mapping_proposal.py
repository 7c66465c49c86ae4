"""Propose a mapping from samples of a source, for a person to correct.

In: the records of a file. Out: the text of a mapping. A path is proposed for a field of the contract if its last name is one
that people commonly give that field. Each proposal states in how many samples the path has a value. Values are never shown.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from schemas.tolerant_parsing import is_blank
from workers.sources.field_values import fold_word, is_address
from workers.sources.mapping_files import load_mapping_file, ready_made
from workers.sources.record_mapping import map_value
from workers.sources.record_shapes import NoRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_DEPTH: Final = 6
_MOST_COMMENTS: Final = 60
_FEWEST_OF_FORM: Final = 2
"""The fewest fields of a person for which a record is taken for a form."""
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_FIELDS: Final = {
    "id": ("id", "event_id", "message_id", "messageid", "uuid", "submission_id"),
    "time": (
        "occurred_at",
        "timestamp",
        "time",
        "created_at",
        "submitted_at",
        "date",
        "created",
        "sent_at",
        "event_time",
    ),
    "person": ("email", "e_mail", "mail", "email_address", "emailaddress"),
    "browser": (
        "anonymous_id",
        "anonymousid",
        "visitor_id",
        "visitorid",
        "client_id",
        "cookie_id",
        "device_id",
        "distinct_id",
    ),
    "activity": ("event", "event_name", "event_type", "action", "type"),
    "url": ("url", "page_url", "page_location", "current_url", "href"),
    "first_name": ("first_name", "firstname", "given_name", "fname"),
    "last_name": ("last_name", "lastname", "surname", "family_name", "lname"),
    "company": ("company", "company_name", "organization", "organisation", "account_name"),
    "name": ("name", "full_name", "fullname"),
    "job_title": ("job_title", "jobtitle", "title", "position", "role"),
    "country": ("country", "country_code"),
    "region": ("region", "state", "province"),
    "postal_code": ("postal_code", "zip", "zipcode", "postcode"),
    "phone": ("phone", "phone_number", "telephone", "mobile"),
    "language": ("language", "locale", "lang"),
    "user_agent": ("user_agent", "useragent"),
    "form_id": ("form_id", "formid", "form", "form_name"),
}
"""The fields, each with the names that people give it."""
_OF_FORM: Final = (
    "first_name",
    "last_name",
    "company",
    "job_title",
    "country",
    "region",
    "postal_code",
    "phone",
    "language",
)


class Proposal:
    """A proposed mapping, and the ready-made ones that fit."""

    def __init__(self, text: str, ready_made: list[tuple[str, int]]) -> None:
        self.text = text
        self.ready_made = ready_made
        """Ready-made mappings that read all samples, each with the number of events that they make."""


def propose(name: str, topic: str, samples: Sequence[dict[str, Any]], values: Sequence[bytes]) -> Proposal:
    """Return a mapping for these samples.

    Args:
        name: the name of the source.
        topic: its Kafka topic.
        samples: the records, as objects.
        values: the same records as their source writes them.
    """
    counts: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    texts = sorted(
        {path for sample in samples for path, value in _paths(sample) if _parsed(value) is not None}
    )
    for sample in samples:
        for path, value in _paths(sample):
            if path in texts:
                continue
            counts[path] += 1
            addresses[path] += isinstance(value, str) and is_address(value)
    found = {field: _candidates(names, counts) for field, names in _FIELDS.items()}
    people = [path for path, count in addresses.most_common() if count]
    found["person"] = list(dict.fromkeys([*found["person"], *people]))
    return Proposal(_text_of(name, topic, found, counts, len(samples), texts), _that_fit(values))


def _paths(value: Any, before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the path of each value that is not an object. A list is one value."""
    if isinstance(value, dict) and depth < _MOST_DEPTH:
        for key, inner in value.items():
            part = key if _PLAIN.fullmatch(key) else json.dumps(key, ensure_ascii=False)
            yield from _paths(inner, f"{before}.{part}" if before else part, depth + 1)
    elif not is_blank(value):
        yield before, value
        if (parsed := _parsed(value)) is not None and depth < _MOST_DEPTH:
            yield from _paths(parsed, before, depth + 1)


def _parsed(value: Any) -> dict[str, Any] | None:
    """Return the object that a text holds as JSON. None: it holds none."""
    if not isinstance(value, str) or not value.startswith("{"):
        return None
    try:
        parsed = json.loads(value)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _candidates(names: tuple[str, ...], counts: Counter[str]) -> list[str]:
    """Return the paths whose last name is one of the names: the most frequent first, of these the shortest."""
    ranks = {name: rank for rank, name in enumerate(names)}
    fitting = [path for path in counts if fold_word(_last(path)).replace("$", "") in ranks]
    return sorted(
        fitting,
        key=lambda path: (-counts[path], path.count("."), ranks[fold_word(_last(path)).replace("$", "")]),
    )


def _last(path: str) -> str:
    quoted = re.search(r'"((?:[^"\\]|\\.)*)"$', path)
    return quoted[1] if quoted else path.rsplit(".", 1)[-1]


def _that_fit(values: Sequence[bytes]) -> list[tuple[str, int]]:
    """Return the ready-made mappings that make at least one event of some sample and refuse none."""
    fitting = []
    for name, path in ready_made().items():
        mapping = load_mapping_file(path)
        if mapping.format == "csv":
            continue
        events = 0
        try:
            for value in values:
                outcomes = map_value(mapping, value, 0)
                events += sum(len(one.events) for one in outcomes)
        except NoRecordError:
            continue
        if events and mapping.is_source is not None:
            fitting.append((name, events))
    return sorted(fitting, key=lambda one: (-one[1], one[0]))


def _text_of(
    name: str, topic: str, found: dict[str, list[str]], counts: Counter[str], samples: int, texts: list[str]
) -> str:
    def rule(field: str) -> str:
        return f"[{', '.join(map(_quoted, found[field]))}]"

    def share(field: str) -> str:
        return f"# the first in {counts[found[field][0]]} of {samples} samples"

    used = {path for paths in found.values() for path in paths}
    lines = [
        f"# Proposed from {samples} samples. Read each line, and correct it: a name may mean something else here.",
        f"source: {name}",
        f"topic: {topic}",
        *([f"parse_json: [{', '.join(texts)}]   # they hold JSON as text"] if texts else []),
        "",
    ]
    lines += [
        f"{field}: {rule(field)}   {share(field)}" if found[field] else f"# {field}: not found"
        for field in ("id", "time", "person", "browser")
    ]
    lines += ["", "events:"]
    is_form = bool(found["person"]) and sum(bool(found[field]) for field in _OF_FORM) >= _FEWEST_OF_FORM
    if found["activity"] and not is_form:
        lines += [
            "  - to: web.activity",
            "    # when: a condition, if only some records are activities",
            "    fields:",
            "      # Write your own names into the table. `unlisted: keep` keeps the others as they are.",
            f"      activity: {{from: {rule('activity')}, unlisted: keep, words: {{page viewed: page_view}}}}   {share('activity')}",
        ]
        lines += [
            f"      {field}: {rule(field)}   {share(field)}"
            for field in ("url", "user_agent")
            if found[field]
        ]
        if found["url"]:
            lines.append(f"      campaign.name: {{from: {rule('url')}, query: utm_campaign}}")
    else:
        lines += ["  - to: form.fills", "    needs: [email]", "    fields:"]
        lines += _form_lines(found, rule, share)
    rest = [path for path in counts if path not in used][:_MOST_COMMENTS]
    if rest:
        lines += ["", "# Not used:"]
        lines += [f"#   {path} (in {counts[path]} samples)" for path in rest]
    return "\n".join(lines) + "\n"


def _form_lines(found: dict[str, list[str]], rule: Any, share: Any) -> list[str]:
    form_id = ", ".join([*map(_quoted, found["form_id"]), "{is: form}"])
    lines = [
        f"      form_id: [{form_id}]",
        "      # demo, pricing and contact_sales raise a hand; content earns points only.",
        "      request: {is: content}",
    ]
    if found["name"]:
        parts = [part for part in ("first_name", "last_name") if not found[part]]
        lines += [f"      {part}: {{from: {rule('name')}, read: {part}}}" for part in parts]
    return lines + [f"      {field}: {rule(field)}   {share(field)}" for field in _OF_FORM if found[field]]


def _quoted(path: str) -> str:
    """Return a path for a list of YAML in one line."""
    return path if re.fullmatch(r"[A-Za-z0-9_.]+", path) else "'" + path.replace("'", "''") + "'"
