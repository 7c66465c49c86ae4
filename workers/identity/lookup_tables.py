"""The tables by which facts are read, loaded before the first record: names of countries and regions, phone numbers.

In: nothing. Out: filled caches. The tables come from packages that read their files at the first use. In a decision that
would be a pause of seconds for every partition of the process.
"""

from __future__ import annotations

import phonenumbers

from workers.identity.company_names import normalise_company
from workers.identity.country_names import read_country
from workers.identity.region_names import region_key


def load_tables() -> None:
    """Load every table that the reading of a record may need. A second call costs nothing."""
    read_country("a name that no list has")  # it is looked up in English, then in every language
    region_key("a name that no list has", None)  # it is looked up in every country
    region_key("a name that no list has", "US")  # it is looked up in every language
    normalise_company("Example Ltd")
    for region in phonenumbers.SUPPORTED_REGIONS:
        phonenumbers.PhoneMetadata.metadata_for_region(region)
