"""Tales about domains that identify no company and about owners of contacts, and the codes of outputs they emit."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from schemas.vocabulary import Alert, DomainUse, HowChosen, Reason, Route
from tests.scenarios.keys.tales import Tale, tale
from tests.scenarios.story import Story


@tale("wed 12:00")
def a_crm_record_has_domains_that_identify_no_company(story: Story) -> None:
    """One domain for each reason; two accounts claim one domain. Ann asks for a demo with a throw-away address."""
    story.rep("mia")
    domains = ["gmail.com", "mailinator.com", "linkedin.com/company/harbor", "github.io", "none"]
    story.bank("harbor", domains=domains)
    story.bank("pier", domains=["pier.example"], relationship="customer")
    story.bank("mole", domains=["pier.example"])
    story.form("ann@mailinator.com", "tue 10:00", "demo")


@tale("tue 12:00", {"routes[8]": {"if": "contact_has_owner", "to": "contact owner"}})
def the_crm_names_an_owner_of_a_person(story: Story) -> None:
    """No rep owns the account. Rosa owns the record of Ann."""
    story.rep("mia")
    story.rep("rosa", at_desk=False)
    story.bank("harbor")
    story.contact("ann@harbor.example", owner_rep_id="rosa")
    story.form("ann@harbor.example", "tue 10:00", "demo")


DOMAIN_CODES: Final[tuple[tuple[Tale, tuple[StrEnum, ...]], ...]] = (
    (
        a_crm_record_has_domains_that_identify_no_company,
        (*DomainUse, Alert.DOMAIN_DROPPED, Reason.DISPOSABLE_ADDRESS),
    ),
    (
        the_crm_names_an_owner_of_a_person,
        (Route.CONTACT_HAS_OWNER, HowChosen.CONTACT_OWNER, Reason.OWNER_OF_CONTACT),
    ),
)
