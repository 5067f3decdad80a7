"""GraphQL over HTTP, after the September 2026 edition of the specification, as an aiohttp handler.

A GET may be sent by any page that a person visits, without asking first. No credentials of theirs would come along
(there are no cookies), but a page must not reach through its visitor's browser into a private network either: a GET
that a browser says to come from another site is refused unless its origin is allowed, or it carries a header that
forces a preflight. POST takes JSON only, which forces one by itself.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import StreamReader, web
from graphql import OperationType
from multidict import CIMultiDict

from app.execution.documents import Operation
from app.execution.engine import Engine
from app.execution.errors import Code, RequestError, formatted, masked_exception
from app.execution.result import Result
from app.transport.answer import Answer, head_of
from app.transport.negotiation import OK, PARTIAL_SUCCESS, UNAUTHORIZED, MediaType, acceptable, is_json, status_of
from app.transport.origins import Origins, headers_for
from app.transport.reports import Watch
from app.transport.requests import GraphQLRequest, MalformedError, NotJSONError, bearer_token, decoded

METHODS = "GET, POST"
PREFLIGHT_HEADERS = ("GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name")
"""Headers of which any forces a browser to ask before it sends a request to another origin."""

HEADERS = {
    media_type: CIMultiDict({"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store"})
    for media_type in MediaType
}
"""Headers of every response in a media type; responses copy them."""

# Looked up once, as in `negotiation.py`.
SUBSCRIPTION = OperationType.SUBSCRIPTION


class OpenContext(Protocol):
    """Makes the context of one operation from the bearer token, if any.

    An error with the code UNAUTHENTICATED is answered with 401, any other as an error of the request. Without `check`
    the operation itself sees to it that the viewer may still act.
    """

    async def __call__(self, token: str | None, request: web.Request, *, check: bool) -> Any:
        """The context."""


@dataclass(frozen=True, slots=True)
class HTTPSettings:
    """What the view allows."""

    max_body_bytes: int = 262_144
    body_seconds: float = 15.0
    """Time for the body to arrive in."""
    watch: Watch = field(default_factory=Watch)
    is_draining: Callable[[], bool] = lambda: False
    """Whether clients are to make their next request elsewhere."""


class RefusedError(Exception):
    """A request that is answered without looking at its document."""

    def __init__(self, status: HTTPStatus, code: str, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.headers = headers


class GraphQLView:
    """Answers GET, POST and OPTIONS; register it for any method, so that the others get their 405 from here."""

    def __init__(
        self, engine: Engine, open_context: OpenContext, origins: Origins, settings: HTTPSettings | None = None
    ) -> None:
        self._engine = engine
        self._open_context = open_context
        self._origins = origins
        self._settings = settings or HTTPSettings()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        if request.method == "OPTIONS":
            return self._origins.preflight(request, METHODS)
        media_type = acceptable(request.headers.get("Accept", ""))
        if media_type is None:
            reason = f"Responses come as {' or '.join(MediaType)}."
            refusal = RefusedError(HTTPStatus.NOT_ACCEPTABLE, "NOT_ACCEPTABLE", reason)
            return self._refuse(request, refusal, MediaType.JSON)
        try:
            graphql_request = await self._read(request)
            result = await self._answer(request, graphql_request)
        except RefusedError as refusal:
            return self._refuse(request, refusal, media_type)
        status = status_of(result, media_type)
        headers = {"WWW-Authenticate": "Bearer"} if status == UNAUTHORIZED else {}
        return self._respond(request, result, media_type, status, headers)

    def _refuse(self, request: web.Request, refusal: RefusedError, media_type: MediaType) -> web.StreamResponse:
        result = Result.refused([formatted(refusal.code, str(refusal))])
        return self._respond(request, result, media_type, refusal.status, refusal.headers)

    def _respond(
        self, request: web.Request, result: Result, media_type: MediaType, status: int, headers: dict[str, str]
    ) -> web.StreamResponse:
        if status == OK and not headers and Answer.suits(request) and not self._settings.is_draining():
            return Answer(_head(media_type, self._origins.reader(request)), result.encoded())
        reason = "Partial Success" if status == PARTIAL_SUCCESS else None
        response = web.Response(body=result.encoded(), status=status, reason=reason, headers=HEADERS[media_type])
        self._origins.add_headers(request, response.headers)
        response.headers.update(headers)
        return response

    async def _answer(self, request: web.Request, graphql_request: GraphQLRequest) -> Result:
        started = time.perf_counter()
        operation = None
        try:
            prepared = self._engine.persisted.prepare(graphql_request.query, graphql_request.digest)
            operation = prepared.operation(graphql_request.operation_name)
            _check_kind(request, operation)
            token = bearer_token(request.headers.get("Authorization"))
            context = await self._open_context(token, request, check=not operation.checks_viewer)
            result = await self._engine.execute(operation, variables=graphql_request.variables, context=context)
            if operation.checks_viewer and not result.has_data:  # who would have been refused before is refused now
                await self._open_context(token, request, check=True)
        except RequestError as error:
            result = Result.refused(error.errors)
        except RefusedError:
            raise
        except Exception as error:  # noqa: BLE001
            result = Result.refused([masked_exception(error)])
        self._settings.watch.finished("http", operation, started, result)
        return result

    async def _read(self, request: web.Request) -> GraphQLRequest:
        """The GraphQL request within the HTTP request; raises `RefusedError`."""
        try:
            if request.method == "GET":
                self._check_site(request)
                return GraphQLRequest.from_query_string(request.query)
            if request.method != "POST":
                raise _wrong_method(f"Use {METHODS}.", f"{METHODS}, OPTIONS")
            if not is_json(request):
                reason = "Send the request as application/json in UTF-8."
                raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", reason)
            return GraphQLRequest.from_json(decoded(await self._body(request), "The body"))
        except NotJSONError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", str(error)) from None
        except MalformedError as error:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "BAD_REQUEST", str(error)) from None

    def _check_site(self, request: web.Request) -> None:
        if any(name in request.headers for name in PREFLIGHT_HEADERS):
            return
        from_elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
        if not self._origins.allows(request) or (from_elsewhere and "Origin" not in request.headers):
            reason = "This page may not send GET requests here without a preflight."
            raise RefusedError(HTTPStatus.FORBIDDEN, "FORBIDDEN", reason)

    async def _body(self, request: web.Request) -> bytes:
        """The body, of which no more than the limit is ever kept."""
        limit, content = self._settings.max_body_bytes, request.content
        if (request.content_length or 0) > limit:
            raise _too_large(limit)
        try:
            if content.is_eof():  # all of it came along with the head
                body = content.read_nowait()
            else:
                async with asyncio.timeout(self._settings.body_seconds):
                    body = await _read_beyond(limit, content)
        except TimeoutError:
            reason = "The body took too long to arrive."
            raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", reason, Connection="close") from None
        except web.RequestPayloadError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", f"The body is broken: {error}") from None
        if len(body) > limit:
            raise _too_large(limit)
        return body


@lru_cache(maxsize=256)
def _head(media_type: MediaType, reader: str | None) -> bytes:
    return head_of({**HEADERS[media_type], **headers_for(reader)})


async def _read_beyond(limit: int, content: StreamReader) -> bytes:
    """All that arrives, or somewhat more than the limit."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def _check_kind(request: web.Request, operation: Operation) -> None:
    if operation.kind is SUBSCRIPTION:
        message = "Subscriptions are served over WebSocket (graphql-transport-ws), at the same path."
        raise RequestError.of(Code.BAD_USER_INPUT, message)
    if request.method == "GET" and operation.kind is OperationType.MUTATION:
        raise _wrong_method("Mutations have to be sent by POST.", "POST")


def _wrong_method(reason: str, allow: str) -> RefusedError:
    return RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", reason, Allow=allow)


def _too_large(limit: int) -> RefusedError:
    reason = f"The body has more than {limit} bytes."
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PAYLOAD_TOO_LARGE", reason, Connection="close")
