"""The keys of a mapping: one YAML file for each source. An unknown key is an error.

In: the file as nested texts. Out: one frozen `Mapping`. Expressions are JMESPath and are checked here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from schemas.topics import TOPICS, Direction
from workers.policy.part import Part
from workers.policy.scalars import Text, must_match, refuse
from workers.sources.contract_fields import find_unknown_field
from workers.sources.json_paths import PathSyntaxError, compile_path

PATH_EXAMPLE: Final = 'a JMESPath expression, as properties.email or properties."$current_url"'
_NOT_OF_FIRST_NAME: Final = re.compile(r"![A-Za-z_][A-Za-z0-9_]*\.")
INPUTS: Final = tuple(name for name, topic in TOPICS.items() if topic.direction is Direction.IN)


def _check_path(text: str) -> str:
    try:
        compile_path(text)
    except PathSyntaxError as error:
        refuse(f"{PATH_EXAMPLE}; {error}")
    if _NOT_OF_FIRST_NAME.search(text):
        refuse("brackets behind !, as !(user.email), because ! belongs to the first name only")
    return text


JsonPath = Annotated[Text, AfterValidator(_check_path)]
"""A JMESPath expression (https://jmespath.org)."""
SourceName = Annotated[
    Text, must_match(r"[a-z][a-z0-9_]{0,63}", "a name of lower-case letters, digits and _, as segment")
]
TopicName = Annotated[
    Text, must_match(r"[A-Za-z0-9._-]{1,249}", "the name of a Kafka topic, as segment.calls")
]


class Reading(StrEnum):
    """How a text is taken apart."""

    FIRST_NAME = "first_name"  # of a full name
    LAST_NAME = "last_name"  # of a full name
    DOMAIN = "domain"  # the host of a web address, or the domain of an e-mail address
    ADDRESS = "address"  # the text, if it is an e-mail address
    ID = "id"  # the text, unless it is an e-mail address
    UTC_TIME = "utc_time"  # a time without an offset, which is in UTC


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_rule(value: Any) -> Any:
    return value if isinstance(value, dict) else {"from": value}


class Rule(Part):
    """One way to get a value. A path alone is the rule `{from: path}`."""

    from_: Annotated[tuple[JsonPath, ...], BeforeValidator(_as_list)] = Field(default=(), alias="from")
    """Paths in the record. The first one with a value counts."""
    is_: str | None = Field(default=None, alias="is")
    """A constant."""
    words: dict[str, str] | None = None
    """The value for each word. Words are compared in any case, with spaces, hyphens or underscores."""
    unlisted: Literal["keep", "unread", "ignore"] = "unread"
    """Whether a word that is not in `words` is kept, is unknown, or is ignored. An ignored word is not reported as unread."""
    query: Text | None = None
    """The name of a parameter in the web address that was found, as utm_campaign or gclid."""
    read: Reading | None = None
    prefix: str = ""
    """A text to put before the value, for example to separate ids of accounts from those of browsers."""

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        if bool(self.from_) == (self.is_ is not None):
            refuse("either from, with a path, or is, with a constant")
        return self


Rules = Annotated[
    tuple[Annotated[Rule, BeforeValidator(_as_rule)], ...], BeforeValidator(_as_list), Field(min_length=1)
]
"""Several ways to get a value, in order. The first one that gives a value counts."""


class ConsentRules(Part):
    """The consent in the record, by purpose."""

    tracking: Rules | None = None
    marketing: Rules | None = None


class DropRule(Part):
    """Records that are not events of visitors or sales, and the reason."""

    when: JsonPath
    because: Text


class EventRule(Part):
    """One event of the contract that a record becomes."""

    to: Annotated[
        str, AfterValidator(lambda name: name if name in INPUTS else refuse(f"one of {', '.join(INPUTS)}"))
    ]
    """The input topic."""
    when: JsonPath | None = None
    """The records that become this event. Left out: all."""
    needs: tuple[str, ...] = ()
    """Fields without which the event has no meaning. It is then not made."""
    delete: JsonPath | None = None
    """In a CRM topic: the records that delete the account, contact or rep of their id."""
    fields: dict[str, Rules] = Field(default_factory=dict)
    """The fields of the event. A field of a field has a dot, as campaign.name."""

    @model_validator(mode="after")
    def _names_fields_of_topic(self) -> Self:
        model = TOPICS[self.to].model
        for name in self.fields:
            if (known := find_unknown_field(model, name)) is not None:
                refuse(f"a field of {self.to}: {', '.join(known)}", f"the field {name}", at="fields")
        for name in self.needs:
            if (known := find_unknown_field(model, name)) is not None:
                refuse(f"a field of {self.to}: {', '.join(known)}", f"the field {name}", at="needs")
        if self.delete is not None and not TOPICS[self.to].compacted:
            refuse("delete only in a CRM topic", at="delete")
        return self


class Mapping(Part):
    """How the records of one source become events of the contract."""

    source: SourceName
    """The name of the source. Ids of events are made from it, so it never changes."""
    topic: TopicName
    """The Kafka topic of the source."""
    format: Literal["json", "tsv", "csv"] = "json"
    columns: tuple[str, ...] = ()
    """The names of the columns of `tsv` and `csv`. Left out, the first line of a file has them."""
    parse_json: tuple[Text, ...] = ()
    """Fields that hold JSON as text, as properties or context.page. They are read before all paths."""
    records: JsonPath | None = None
    """The list of records within one Kafka record. In each of them `outer` is the whole Kafka record."""
    is_source: JsonPath | None = None
    """True for every record of the source. Any other record is a dead letter."""
    id: Rules | None = None
    """The id that the source gives a record. Left out: it is made from all of the record."""
    time: Rules | None = None
    """When it happened. Left out or not given: the arrival of the Kafka record."""
    person: Rules | None = None
    """The person's e-mail address. The first candidate that is an address counts."""
    browser: Rules | None = None
    """The id of the browser or device."""
    consent: ConsentRules | None = None
    drop: tuple[DropRule, ...] = ()
    events: tuple[EventRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_columns_of_its_format(self) -> Self:
        if self.format == "json" and self.columns:
            refuse("columns only with format tsv or csv", at="columns")
        if self.format == "tsv" and not self.columns:
            refuse("the names of all columns, because a line of tsv has none", at="columns")
        if self.topic in TOPICS:
            refuse("a topic of the source, which is not one of the contract", at="topic")
        return self
