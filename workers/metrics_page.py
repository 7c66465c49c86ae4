"""The page of a worker for Prometheus and for the probes of an orchestrator: `/metrics`, `/livez` and `/readyz`.

In: an address and the runtime. Out: a server in a thread of its own. It has no login and no data about people. `/livez` and
`/readyz` answer 200, or 503 with one reason a line.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from workers.engine.health import reasons_not_alive, reasons_not_ready, refresh_gauges, views

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from workers.engine.health import Pulse
    from workers.engine.runtime import Runtime

_TEXT: Final = [("Content-Type", "text/plain; charset=utf-8")]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Log nothing: a probe comes every few seconds."""


def serve_page(host: str, port: int, runtime: Runtime, pulse: Pulse) -> WSGIServer:
    """Start the server. Port 0: any free one. Raises OSError if the address cannot be used."""
    server_class = _Server6 if ":" in host else _Server
    server = make_server(host, port, page(runtime, pulse), server_class, handler_class=_SilentHandler)
    threading.Thread(target=server.serve_forever, name="metrics-page", daemon=True).start()
    return server


def page(runtime: Runtime, pulse: Pulse) -> WSGIApplication:
    """Return the application of the page."""
    metrics: WSGIApplication = make_wsgi_app(runtime.metrics.registry)
    refreshing = threading.Lock()

    def show_metrics(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with refreshing:  # otherwise a second scrape could find half of the gauges
            refresh_gauges(runtime.metrics, runtime, pulse.age_s)
            return metrics(environ, start)

    probes: dict[str, Callable[[], list[str]]] = {
        "/livez": lambda: reasons_not_alive(pulse.age_s, views(runtime)),
        "/readyz": lambda: reasons_not_ready(pulse.age_s, views(runtime), is_assigned=runtime.is_assigned),
    }

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in probes:
            reasons = probes[path]()
            start("503 Service Unavailable" if reasons else "200 OK", _TEXT)
            return ["\n".join(reasons or ["ok"]).encode() + b"\n"]
        if path in ("/metrics", "/"):
            return show_metrics(environ, start)
        start("404 Not Found", _TEXT)
        return [b"expected /metrics, /livez or /readyz\n"]

    return answer
