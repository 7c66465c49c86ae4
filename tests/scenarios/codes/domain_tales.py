"""Tales about domains that identify no company, and the codes of outputs they emit."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from schemas.vocabulary import Alert, DomainUse, Reason
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


DOMAIN_CODES: Final[tuple[tuple[Tale, tuple[StrEnum, ...]], ...]] = (
    (
        a_crm_record_has_domains_that_identify_no_company,
        (*DomainUse, Alert.DOMAIN_DROPPED, Reason.DISPOSABLE_ADDRESS),
    ),
)
