"""Cases for the keys that change which domains identify a company."""

from __future__ import annotations

from typing import Final

from tests.scenarios.keys.tales import Lines, tale
from tests.scenarios.story import Story


@tale("tue 12:00")
def two_people_of_one_domain_ask_for_a_demo(story: Story) -> None:
    """Mia gets the first lead. The second follows, because both have one company."""
    story.rep("mia")
    story.rep("tom")
    story.form("ann@letters.example", "tue 10:00", "demo")
    story.form("bob@letters.example", "tue 10:01", "demo")


@tale("tue 12:00")
def a_customer_has_the_domain_of_a_provider_and_a_page(story: Story) -> None:
    """The domain is on the list of free mail. The page is at a site that companies share."""
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("cox", domains=["cox.com"], relationship="customer", owner_rep_id="olga")
    names = {"name": "First Bank", "domains": ["yelp.com", "cedar.example"]}
    story.bank("cedar", relationship="customer", owner_rep_id="olga", **names)
    story.form("ann@cox.com", "tue 10:00", "demo")
    story.form("bob@yelp.com", "tue 10:01", "demo")
    story.form("cid@cedar.example", "tue 10:02", "demo")


_LISTED: Final = a_customer_has_the_domain_of_a_provider_and_a_page

DOMAINS: Final[Lines] = {
    "matching.free_mail.add": (two_people_of_one_domain_ask_for_a_demo, ["letters.example"]),
    "matching.free_mail.not": (_LISTED, ["cox.com"]),
    "matching.shared_sites.add": (_LISTED, ["cedar.example"]),
    "matching.shared_sites.not": (_LISTED, ["yelp.com"]),
}
