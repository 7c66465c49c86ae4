"""The web application: routes to the pages, their templates, the streams of news, and the static files.

In: the file of the store, a function that returns the time, and the names under which the console may be asked. Out: a Starlette
application without state. Who stores the records is not its concern (workers/commands/console.py).
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog
from aiokafka.errors import KafkaError
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from schemas.sales_activities import SalesActivity
from workers.console.access_file import AccessFile, Role
from workers.console.guards import Guards
from workers.console.login import ROLE, Login
from workers.console.page import Answered, Asked, Elsewhere, Page
from workers.console.page_list import PAGES
from workers.console.shown_text import FILTERS
from workers.result_store.store_file import reading

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from workers.console.news import News

Write: TypeAlias = Callable[[SalesActivity], Awaitable[None]]
_log = structlog.get_logger(__name__)
FOLDER: Final = Path(__file__).parent
_LOCAL: Final = ("127.0.0.1", "localhost", "[::1]")
_ERRORS: Final = {
    HTTPStatus.NOT_FOUND: "There is no such page, lead, hand-off or account. It may be older than the store, or erased.",
    HTTPStatus.FORBIDDEN: "Your role may not see this page.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Kafka did not confirm it. Go back and try it again: it counts once.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page cannot be asked in this way.",
}


def make_app(
    store: Path,
    news: News,
    clock: Callable[[], int | None],
    lead_id_key: bytes,
    hosts: Sequence[str] = (),
    access: AccessFile | None = None,
    write: Write | None = None,
) -> ASGIApp:
    """Return the application.

    Args:
        store: the file of the store.
        news: the streams of open pages.
        clock: returns the time in milliseconds UTC, or None for the time of the newest result in the store.
        lead_id_key: the secret from which lead ids are made, for a search by address.
        write: writes what a person did on a page to its topic. It raises KafkaError if the broker does not confirm it.
            None: the pages only show.
        hosts: further host names under which browsers may ask. Others are refused, so that no foreign site can read a page
            through a name of its own.
        access: who may log in. None: everyone who reaches the console sees every page.
    """
    templates = _templates()
    templates.globals.update(pages=PAGES, has_login=access is not None)
    pages = _Pages(store, templates, clock, lead_id_key, write)

    async def stream(request: Request) -> Response:
        page = next((one for one in PAGES if one.name == request.path_params["name"]), None)
        if page is None or request.scope[ROLE] < page.role:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if news.is_full:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)
        return StreamingResponse(news.stream(page.changes_with), media_type="text/event-stream")

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for this class
        status = HTTPStatus(error.status_code)
        text = _ERRORS.get(status, "The console failed at this page. Its log names the reason.")
        role = request.scope.get(ROLE, 0)
        shown = templates.get_template("error.html").render(status=status, text=text, page=None, role=role)
        return HTMLResponse(shown, status)

    app = Starlette(
        routes=[
            *(Route(page.path, pages.answer_of(page), methods=_methods(page)) for page in PAGES),
            Route("/news/{name}", stream),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        exception_handlers={HTTPException: failed},
    )

    def login_page(error: str, wanted: AccessFile) -> str:
        return templates.get_template("login.html").render(error=error, access=wanted, page=None, role=0)

    asked = TrustedHostMiddleware(
        Login(app, access, login_page), allowed_hosts=[*_LOCAL, *hosts], www_redirect=False
    )
    return Guards(asked)


class _Pages:
    """Answers requests for pages."""

    def __init__(
        self,
        store: Path,
        templates: Environment,
        clock: Callable[[], int | None],
        lead_id_key: bytes,
        write: Write | None,
    ) -> None:
        self._store = store
        self._templates = templates
        self._clock = clock
        self._lead_id_key = lead_id_key
        self._write = write

    def answer_of(self, page: Page) -> Callable[[Request], Any]:
        """Return the endpoint of a page."""

        async def answer(request: Request) -> Response:
            form = {}
            if request.method == "POST":
                form = {name: text for name, text in (await request.form()).items() if isinstance(text, str)}
            role = request.scope[ROLE]
            if role < page.role:
                raise HTTPException(HTTPStatus.FORBIDDEN)
            found = await run_in_threadpool(
                self._answer, page, role, dict(request.path_params), dict(request.query_params), form
            )
            if isinstance(found, Answered):
                return await self._written(found)
            return found

        return answer

    def _answer(
        self, page: Page, role: Role, place: dict[str, str], query: dict[str, str], form: dict[str, str]
    ) -> Response | Answered:
        try:
            with reading(self._store) as connection:
                now_ms = self._clock()
                if now_ms is None:
                    now_ms = newest_ms(connection)
                may_act = role >= Role.ACT
                asked = Asked(
                    now_ms,
                    place,
                    query,
                    form,
                    may_see_people=may_act,
                    may_act=may_act and self._write is not None,
                    lead_id_key=self._lead_id_key,
                )
                view = page.load(connection, asked)
            if isinstance(view, Answered):
                return view
            if isinstance(view, Elsewhere):
                return RedirectResponse(view.path, HTTPStatus.SEE_OTHER)
            if view is not None:
                template = self._templates.get_template(f"{page.name}.html")
                return HTMLResponse(template.render(view=view, page=page, role=role, now_ms=now_ms))
        except Exception as error:  # noqa: BLE001 - its text may quote a person's data, so only its class is logged
            _log.error("page_failed", page=page.name, error=type(error).__name__, at=_place_of(error))
            raise HTTPException(HTTPStatus.INTERNAL_SERVER_ERROR) from None
        raise HTTPException(HTTPStatus.NOT_FOUND)

    async def _written(self, answered: Answered) -> Response:
        if self._write is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            await self._write(answered.activity)
        except KafkaError as error:
            _log.warning("answer_not_written", error=type(error).__name__)
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE) from None
        return RedirectResponse(answered.path, HTTPStatus.SEE_OTHER)


def _place_of(error: Exception) -> str:
    """Return the module and the line that raised an error."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def newest_ms(connection: Any) -> int:
    """Return the time that the workers have reached, by their reports, else by the newest hand-off. Milliseconds UTC."""
    (reached,) = connection.execute("SELECT max(reached_ms) FROM tasks").fetchone()
    (newest,) = connection.execute("SELECT max(at_ms) FROM revisions").fetchone()
    return int(max(reached or 0, newest or 0))


def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made


def _methods(page: Page) -> list[str]:
    return ["GET", "POST"] if page.is_posted else ["GET"]
