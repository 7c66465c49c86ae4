"""All pages, in the order of the menu. Add a page here (docs/console.md, "How to add a page")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.console.pages import (
    account_page,
    desk_page,
    desks_page,
    given_answer,
    handoff_page,
    health_page,
    held_back_page,
    letters_page,
    live_page,
    now_page,
    search_page,
    story_page,
    week_page,
)

if TYPE_CHECKING:
    from workers.console.page import Page

PAGES: Final[tuple[Page, ...]] = (
    now_page.PAGE,
    live_page.PAGE,
    search_page.PAGE,
    account_page.PAGE,
    handoff_page.PAGE,
    story_page.PAGE,
    given_answer.PAGE,
    desks_page.PAGE,
    desk_page.PAGE,
    held_back_page.PAGE,
    letters_page.PAGE,
    week_page.PAGE,
    health_page.PAGE,
)
