"""Services of a test on real sockets: Slack, a webhook's receiver, Teams. Each follows the vendor's documented answers.

They run in a thread, so that they outlive a killed notifier. `faults` are answers to give instead, each once.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

TOKEN = "xoxb-of-a-test"


@dataclass
class Fault:
    """One answer to give instead. ``accepts``: whether the request has its effect first. ``method``: only that one."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    accepts: bool = False
    method: str = ""


class HttpService:
    """A server on a free port of this machine."""

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()
        self.answers_after_s = 0.0
        config = uvicorn.Config(
            Starlette(routes=self.routes()), host="127.0.0.1", port=0, log_config=None, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        give_up_at = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < give_up_at, "the service did not start"
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        host, port = self._server.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    def fault_for(self, method: str) -> Fault | None:
        if self.faults and self.faults[0].method in ("", method):
            return self.faults.popleft()
        return None


class FakeSlack(HttpService):
    """chat.postMessage, chat.update, conversations.open and conversations.history of one workspace."""

    def __init__(self, *, most_header: int = 150, most_text: int = 3_000) -> None:
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.in_call = 0
        self.calls: list[str] = []
        self._most = {"header": most_header, "section": most_text}
        self._ts = itertools.count(1)
        super().__init__()

    def routes(self) -> list[Route]:
        return [Route("/api/{method}", self.call, methods=["GET", "POST"])]

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        self.calls.append(method)
        body = await request.body()
        given: dict[str, Any] = json.loads(body) if body.startswith(b"{") else dict(request.query_params)
        self.in_call += 1
        await asyncio.sleep(self.answers_after_s)
        self.in_call -= 1
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        fault = self.fault_for(method)
        if fault is not None and not fault.accepts:
            return JSONResponse(fault.body, fault.status, fault.headers)
        handlers = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.open": self._open,
            "conversations.history": self._history,
        }
        answer = JSONResponse(handlers[method](given))
        return answer if fault is None else JSONResponse(fault.body, fault.status, fault.headers)

    def shown(self) -> list[str]:
        """Return the headline of each message, in the order of their posts."""
        return [one["blocks"][0]["text"]["text"] for one in self.messages.values()]

    def _post(self, given: dict[str, Any]) -> dict[str, Any]:
        if error := self._block_error(given):
            return error
        if given["channel"].startswith("U"):
            return {"ok": False, "error": "channel_not_found"}
        ts = f"{time.time():.0f}.{next(self._ts):06d}"
        self.messages[given["channel"], ts] = {**given, "ts": ts, "edits": 0, "at": time.time()}
        return {"ok": True, "channel": given["channel"], "ts": ts}

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.messages.get((given["channel"], given["ts"]))
        if found is None:
            return {"ok": False, "error": "message_not_found"}
        if error := self._block_error(given):
            return error
        found.update(given, edits=found["edits"] + 1)
        return {"ok": True, "channel": given["channel"], "ts": given["ts"]}

    def _open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": f"D{given['users'][1:]}"}}

    def _history(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [
            one
            for (channel, ts), one in self.messages.items()
            if channel == given["channel"] and float(ts) >= float(given["oldest"])
        ]
        begin, limit = int(given.get("cursor") or 0), int(given["limit"])
        page = found[::-1][begin : begin + limit]
        is_last = begin + limit >= len(found)
        return {
            "ok": True,
            "messages": page,
            "response_metadata": {"next_cursor": "" if is_last else str(begin + limit)},
        }

    def _block_error(self, given: dict[str, Any]) -> dict[str, Any] | None:
        for block in given["blocks"]:
            most = self._most.get(block["type"])
            if most is not None and not 0 < len(block["text"]["text"]) <= most:
                return {"ok": False, "error": "invalid_blocks"}
        return None


class FakeWebhook(HttpService):
    """A receiver that keeps the keys of requests, and shows each message once."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.shown: dict[str, dict[str, Any]] = {}
        super().__init__()

    def routes(self) -> list[Route]:
        return [Route("/{path:path}", self.take, methods=["POST", "PUT"])]

    async def take(self, request: Request) -> Response:
        body = await request.body()
        await asyncio.sleep(self.answers_after_s)
        fault = self.fault_for("")
        if fault is None or fault.accepts:
            self.requests.append((dict(request.headers), body))
            self.shown.setdefault(request.headers.get("idempotency-key", ""), json.loads(body))
        return (
            PlainTextResponse("", 204)
            if fault is None
            else PlainTextResponse("", fault.status, fault.headers)
        )


class FakeTeams(HttpService):
    """The Bot Connector and the login of a tenant. A workflow is the path `/workflow`."""

    def __init__(self) -> None:
        self.activities: dict[str, dict[str, Any]] = {}
        self.logins = 0
        self._ids = itertools.count(1)
        super().__init__()

    def routes(self) -> list[Route]:
        return [
            Route("/tenant/oauth2/v2.0/token", self.login, methods=["POST"]),
            Route("/v3/conversations/{conversation}/activities", self.post, methods=["POST"]),
            Route("/v3/conversations/{conversation}/activities/{activity}", self.put, methods=["PUT"]),
            Route("/workflow", self.flow, methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        form = (await request.body()).decode()
        self.logins += 1
        if "client_secret=right" not in form:
            return JSONResponse({"error": "invalid_client"}, 401)
        return JSONResponse({"access_token": "t", "expires_in": 3599, "token_type": "Bearer"})

    async def post(self, request: Request) -> Response:
        if (fault := self.fault_for("post")) is not None:
            return JSONResponse(fault.body, fault.status, fault.headers)
        activity = f"a{next(self._ids)}"
        self.activities[activity] = {
            **await request.json(),
            "conversation": request.path_params["conversation"],
        }
        return JSONResponse({"id": activity}, 201)

    async def put(self, request: Request) -> Response:
        activity = request.path_params["activity"]
        if activity not in self.activities:
            return JSONResponse({"error": {"code": "ActivityNotFoundInConversation"}}, 404)
        self.activities[activity].update(await request.json())
        return JSONResponse({"id": activity})

    async def flow(self, request: Request) -> Response:
        if (fault := self.fault_for("flow")) is not None:
            return JSONResponse(fault.body, fault.status, fault.headers)
        self.activities[f"w{next(self._ids)}"] = await request.json()
        return PlainTextResponse("", 202)
