"""Links to the answer page: signed, so that no one can make one, and valid for a limited time.

A link holds the id of a message and the answer, and no name, address or account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeTimedSerializer

from workers.notify.notices import Answer

if TYPE_CHECKING:
    from workers.notify.notify_file import Answers

_SALT: Final = "lead-router answer 1"
_MOST_CHARACTERS: Final = 500


class AnswerLinks:
    """Makes and reads links."""

    def __init__(self, settings: Answers) -> None:
        self._serializer = URLSafeTimedSerializer(settings.key.get_secret_value(), salt=_SALT)
        self._url = settings.public_url
        self._expires_after_s = settings.links_expire_after // 1000

    def url_of(self, card_id: str, answer: Answer) -> str:
        """Return the address of the page for one answer to one message."""
        return f"{self._url}/answer/{self._serializer.dumps([card_id, answer.value])}"

    def read(self, token: str) -> tuple[str, Answer] | None:
        """Return the card and the answer of a link. None: it is forged, damaged or expired."""
        if len(token) > _MOST_CHARACTERS:
            return None
        try:
            card_id, answer = self._serializer.loads(token, max_age=self._expires_after_s)
            return str(card_id), Answer(answer)
        except (BadData, ValueError, TypeError):
            return None
