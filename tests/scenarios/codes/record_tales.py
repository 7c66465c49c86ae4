"""A tale of records that cannot be read completely."""

from __future__ import annotations

from tests.scenarios.keys.tales import tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story


@tale("wed 12:00")
def records_have_fields_that_cannot_be_read(story: Story) -> None:
    """A rep sits at a desk that does not exist. Ann asks for an unknown thing, and Bo gives no readable address."""
    story.rep("mia", desks=[{"desk": "inside_sales"}, {"desk": "inside_sale"}])
    story.bank("harbor")
    story.form(ANN, "tue 09:00", "book_a_demo")
    story.form("bo at harbor dot example", "tue 10:00", "demo", anonymous_id="v-1")
