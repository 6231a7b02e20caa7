"""What the page's server lets in, and what it lets the page do.

Any page open in the reader's browser can reach a port on loopback, so requests that come from
another page, or by another name of this host, are refused. Gradio takes uploads and file requests
from anybody; this page has neither. The policy header keeps a browser from loading anything from
another host, even if an article found a way to ask for it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY_BYTES = 8 * 2**20  # past any question that deserves the page's own message
API = "/gradio_api/"
# Everything the page itself posts to; the rest (uploads, recordings, editing) is not ours.
POSTS = ("queue/join", "cancel", "reset", "run/", "component_server")
HIDDEN = ("file=", "file/", "proxy=", "info", "openapi.json", "call/", "upload", "stream/", "runs")
# Gradio's front end compiles templates and styles in the page: hence the two unsafe words.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: refuses foreign and needless requests, adds the policy to the rest.

    Args:
        app: The application behind it.
        hosts: Host names the page is served under; None accepts any (served beyond loopback).
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None = LOOPBACK) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refuse(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self.hosts is not None and _name(f"//{host}") not in self.hosts:
            return PlainTextResponse("This page is not served under that name.", 403)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return PlainTextResponse("Requests from other pages are refused.", 403)
        if _needless(scope["method"], scope["path"]):
            return PlainTextResponse("Not found", 404)
        if scope["method"] == "POST":
            length = headers.get("content-length", "")
            if not length.isdigit():
                return PlainTextResponse("Say how long the request is.", 411)
            if int(length) > MAX_BODY_BYTES:
                return PlainTextResponse("The request is too large.", 413)
        return None


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _needless(method: str, path: str) -> bool:
    if method in {"GET", "HEAD"}:
        return path.startswith(API) and path.removeprefix(API).startswith(HIDDEN)
    return not (method == "POST" and path.removeprefix(API).startswith(POSTS))
