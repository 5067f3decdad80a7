"""Which web pages may talk to this server.

Browsers say in `Origin` which page a request comes from. Pages of this very host may always; others only if they are
listed. No cookie is ever read here, so a page has no credentials but those it was given, and answers to pages do not
allow credentials.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDict

PREFLIGHT_SECONDS = 7_200
"""How long browsers may remember the answer to a preflight; Chromium's upper limit."""


def headers_for(reader: str | None) -> dict[str, str]:
    """The headers that tell pages of this origin, if any, that they may read a response."""
    return {"Vary": "Origin"} | ({"Access-Control-Allow-Origin": reader} if reader else {})


class Origins:
    """The pages that may: origins such as `https://app.example.com`, or `*` for all."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed)

    def allows(self, request: web.BaseRequest) -> bool:
        """Whether the page that sent the request may; requests without an origin do not come from another's page."""
        origin = request.headers.get("Origin")
        return origin is None or self._lists(origin) or _same_host(origin, request.host)

    def add_headers(self, request: web.BaseRequest, headers: CIMultiDict[str]) -> None:
        """Add the headers that let a page of an allowed origin read the response."""
        headers.update(headers_for(self.reader(request)))

    def reader(self, request: web.BaseRequest) -> str | None:
        """The origin whose page has to be told that it may read the response."""
        origin = request.headers.get("Origin")
        return origin if origin is not None and self._lists(origin) else None

    def preflight(self, request: web.BaseRequest, methods: str) -> web.Response:
        """The answer to OPTIONS: 204, or 403 for a page that may not."""
        headers: CIMultiDict[str] = CIMultiDict()
        self.add_headers(request, headers)
        if not self.allows(request):
            return web.Response(status=403, headers=headers)
        headers["Allow"] = f"{methods}, OPTIONS"
        if "Access-Control-Allow-Origin" in headers:
            headers["Access-Control-Allow-Methods"] = methods
            headers["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "")
            headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
            headers["Vary"] = "Origin, Access-Control-Request-Headers"
        return web.Response(status=204, headers=headers)

    def _lists(self, origin: str) -> bool:
        return ("*" in self._allowed and origin.isascii()) or origin.lower() in self._allowed


def _same_host(origin: str, host: str) -> bool:
    """Whether a page is of the host that the request was sent to; the scheme is not known behind a proxy."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
