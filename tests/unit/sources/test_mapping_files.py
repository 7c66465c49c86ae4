"""A mapping that is not valid is refused with file, line, key, what was found and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.sources.mapping_files import MappingError, load_folder, load_mapping

GOOD = "source: shop\ntopic: shop.events\nevents:\n  - to: web.activity\n    fields: {activity: event}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        load_mapping(text, "shop.yaml")
    return [str(one) for one in caught.value.problems]


def test_the_smallest_mapping() -> None:
    mapping = load_mapping(GOOD)
    assert (mapping.source, mapping.topic, mapping.events[0].to) == ("shop", "shop.events", "web.activity")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            GOOD.replace("topic:", "topc:"),
            [
                "shop.yaml:1: topic: found no such key, expected the key topic, which is required",
                "shop.yaml:2: topc: found the unknown key topc, expected the key topic",
            ],
        ),
        (
            GOOD.replace("web.activity", "web.activities"),
            [
                (
                    'shop.yaml:4: events[1].to: found "web.activities", expected one of web.activity, form.fills, '
                    "chat.conversations, crm.accounts, crm.contacts, crm.reps, sales.activities, privacy.requests"
                )
            ],
        ),
        (
            GOOD.replace("activity: event", 'activity: "event..name"'),
            [
                (
                    'shop.yaml:5: events[1].fields.activity: found "event..name", expected a JMESPath expression, as '
                    'properties.email or properties."$current_url"; not a JMESPath expression up to character 7'
                )
            ],
        ),
        (
            GOOD.replace("{activity: event}", "{activty: event}"),
            [
                (
                    "shop.yaml:5: events[1].fields: found the field activty, expected a field of web.activity: activity, "
                    "anonymous_id, asset, campaign, consent, duration_seconds, email, is_bot, links_in_message, message_id, "
                    "session_id, url, user_agent"
                )
            ],
        ),
        (
            GOOD.replace("activity: event", "activity: {from: event, reads: first_name}"),
            [
                "shop.yaml:5: events[1].fields.activity.reads: found the unknown key reads, expected the key read"
            ],
        ),
        (
            GOOD.replace("activity: event", "activity: {words: {a: b}}"),
            [
                (
                    "shop.yaml:5: events[1].fields.activity: found keys and values, expected either from, with a path, or is, "
                    "with a constant"
                )
            ],
        ),
        (
            GOOD.replace("    fields", "    when: kind && !user.email\n    fields"),
            [
                (
                    'shop.yaml:5: events[1].when: found "kind && !user.email", expected brackets behind !, as !(user.email), '
                    "because ! belongs to the first name only"
                ),
            ],
        ),
        (
            GOOD.replace("shop.events", "form.fills"),
            [
                'shop.yaml:2: topic: found "form.fills", expected a topic of the source, which is not one of the contract'
            ],
        ),
        (
            GOOD + "format: tsv\n",
            [
                "shop.yaml:1: columns: found nothing, expected the names of all columns, because a line of tsv has none"
            ],
        ),
        (
            "- a\n",
            [
                "shop.yaml:1: the file: found no keys, expected a mapping of a source, which has keys and values"
            ],
        ),
    ],
)
def test_a_problem_names_its_line_and_what_is_expected(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_two_mappings_of_a_folder_share_neither_source_nor_topic(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.replace("shop.events", "other"), "utf-8")
    with pytest.raises(MappingError, match=r'source: found "shop", which a\.yaml has too'):
        load_folder(tmp_path)


def test_a_folder_without_a_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="found no mapping, expected a folder with mappings"):
        load_folder(tmp_path)
