"""Messages of tests, with texts that try to be markup."""

from __future__ import annotations

from workers.notify.channels.channel_calls import Outgoing
from workers.notify.notices import Answer, Notice

EVIL = "<!channel> *x* [click](https://evil.example) <script>alert(1)</script>"
LINKS = {one: f"https://answers.example/answer/{one}" for one in Answer}


def message(headline: str = "New lead: Anna", address: str = "UDANA", number: int = 1) -> Outgoing:
    notice = Notice(headline, (("Who", EVIL), ("Why", "It reached the threshold.")), tuple(Answer))
    return Outgoing(f"delivery-{number}", "card-1", address, notice, LINKS)
