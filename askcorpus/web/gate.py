"""Who may come in: the host's name, the page's origin and the token, before anything is served."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

WILDCARDS = {"0.0.0.0", "::"}  # noqa: S104 (compared with, not listened on)
WRONG_HOST = "This server isn't known by that name."
WRONG_ORIGIN = "Only this server's own page may do that."
WRONG_TOKEN = "Open the whole address that askcorpus web has printed: its token is missing here."  # noqa: S105


class Gate:
    """The secret of one server, and the checks that each request has to pass."""

    def __init__(self, host: str, port: int) -> None:
        """Make a new token, for a server that listens on this host and port."""
        self._wildcard = host in WILDCARDS
        self._port = port
        shown = f"[{host}]" if ":" in host else host
        if self._wildcard:
            shown = "[::1]" if host == "::" else "127.0.0.1"
        self.host = f"{shown}:{port}".lower()
        self._token = secrets.token_urlsafe(32)
        self._passes: set[str] = set()
        # Cookies know no ports: two servers on one machine would overwrite each other's.
        self.cookie = f"askcorpus-{port}"

    @property
    def address(self) -> str:
        """The address that lets its reader in, for as long as the server runs."""
        return f"http://{self.host}/?token={self._token}"

    def one_pass(self) -> str:
        """Return an address that lets in once."""
        ticket = secrets.token_urlsafe(32)
        self._passes.add(ticket)
        return f"http://{self.host}/?token={ticket}"

    def middleware(self) -> Middleware:
        """Return the layer that answers 403 in place of whatever may not be seen."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            refused = self._refusal(request)
            if refused:
                return web.Response(status=403, text=f"{refused}\n")
            if self._knows(request):
                return await handler(request)
            if request.path != "/" or not self._admits(request.query.get("token", "")):
                return web.Response(status=403, text=f"{WRONG_TOKEN}\n")
            response = await handler(request)
            response.set_cookie(
                self.cookie, self._token, path="/", httponly=True, samesite="Strict"
            )
            return response

        return guard

    def _refusal(self, request: web.Request) -> str:
        """Return why nothing is served to this request, whatever it knows; or nothing.

        A page elsewhere can point its own name at this machine (DNS rebinding), and may open a
        websocket to anywhere: the name and the origin, which it can't choose, give it away.
        """
        host = request.headers.get(hdrs.HOST, "").lower()
        if not self._is_here(host):
            return WRONG_HOST
        origin = request.headers.get(hdrs.ORIGIN)
        expected = request.path == "/ws" or origin is not None
        return WRONG_ORIGIN if expected and origin != f"http://{host}" else ""

    def _is_here(self, host: str) -> bool:
        known = [self.host, *([self.host.removesuffix(":80")] if self._port == 80 else [])]
        if host in known:
            return True
        if not self._wildcard:
            return False
        # Listening everywhere, it has many addresses. Numbers can't be pointed elsewhere.
        name = host.removesuffix(f":{self._port}")
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return name != host or self._port == 80

    def _knows(self, request: web.Request) -> bool:
        return _same(request.cookies.get(self.cookie, ""), self._token)

    def _admits(self, token: str) -> bool:
        if _same(token, self._token):
            return True
        used = next((ticket for ticket in self._passes if _same(token, ticket)), None)
        self._passes.discard(used or "")
        return used is not None


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Add to a response what keeps it, and the page that it may be, to this server.

    Styles may stand in the page, because the terminal makes its own as it runs.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data:; font-src 'self'; connect-src 'self' ws://{request.host}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    if request.path.startswith("/download/"):
        policy += "; sandbox"
    response.headers.update(
        {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "clipboard-read=(), camera=(), microphone=(), geolocation=()",
            "Cache-Control": "no-store",
        }
    )


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
