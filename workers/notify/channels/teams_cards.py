"""A message as an Adaptive Card for Teams. Texts of people are text runs, which know no markup and no links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from workers.notify.notices import ANSWER_WORDS

if TYPE_CHECKING:
    from workers.notify.channels.channel_calls import Outgoing

CARD_TYPE: Final = "application/vnd.microsoft.card.adaptive"


def card_of(message: Outgoing) -> dict[str, Any]:
    """Return the card of a message, with a link for each answer."""
    notice = message.notice
    runs = [[_run(f"{label}  ", weight="Bolder"), _run(text)] for label, text in notice.lines]
    card: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "fallbackText": "lead-router",
        "body": [_block([_run(notice.headline, weight="Bolder", size="Medium")]), *map(_block, runs)],
    }
    actions = [
        {"type": "Action.OpenUrl", "title": ANSWER_WORDS[answer], "url": message.links[answer]}
        for answer in notice.answers
        if answer in message.links
    ]
    return card | ({"actions": actions} if actions else {})


def attachment_of(message: Outgoing) -> dict[str, Any]:
    """Return the card as an attachment of a message."""
    return {"contentType": CARD_TYPE, "contentUrl": None, "content": card_of(message)}


def _block(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": runs}


def _run(text: str, **style: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **style}
