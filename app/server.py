"""The composition root: the aiohttp application over open services."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from aiohttp import web

from app.auth.viewer import Client, Viewer
from app.config import Settings
from app.errors import ConfigurationError
from app.execution.compiled.strawberry_reader import CompiledForOrjson
from app.execution.documents import Documents
from app.execution.engine import Engine
from app.execution.manifest import ManifestError, read_manifest
from app.execution.persisted import PersistedDocuments, TrustedDocumentError
from app.media.probe import StorageProbe
from app.opening import bucket_of, public_bucket_of
from app.playground import DemoProvider, playground_routes
from app.services import Services
from app.store.session_checks import SessionChecks
from app.transport.client_address import client_address
from app.transport.endpoint import Endpoint
from app.transport.http import GraphQLView, HTTPSettings
from app.transport.origins import Origins
from app.transport.protocol import CloseCode
from app.transport.reports import Watch
from app.transport.socket_service import SocketContexts, SocketSettings
from app.transport.socket_view import SocketView
from app.transport.sockets import Sockets
from resolvers import access
from schema.context import Operation
from schema.schema import schema

logger = logging.getLogger(__name__)

GRAPHQL_PATH = "/graphql"
HEARTBEAT_SECONDS = 15.0
# In a storm of new sockets, how long the first of them may wait to be looked up with the next.
NEWCOMERS_PATIENCE_SECONDS = 0.01
SERVICES = web.AppKey("services", Services)
SOCKETS = web.AppKey("sockets", Sockets)
STORAGE_PROBE = web.AppKey("storage_probe", StorageProbe)


@dataclass(frozen=True, slots=True)
class Connected:
    """Who is behind a socket; None for nobody, who may still ask what anybody may."""

    viewer: Viewer | None
    client: Client

    @property
    def expires_at(self) -> float | None:
        """Unix time at which the access token stops working, and the socket with it."""
        return self.viewer.expires_at.timestamp() if self.viewer else None


class Contexts:
    """Makes the context of each operation: the viewer is looked up every time, unless the operation does it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._newcomers = SessionChecks(services.database, patience=NEWCOMERS_PATIENCE_SECONDS)

    async def for_request(self, token: str | None, request: web.Request, *, check: bool) -> Operation:
        """The context of an operation over HTTP."""
        viewer = await self._viewer(token, self._services.session_checks if check else None)
        return self._operation(viewer, self._client(request), is_checked=check)

    async def connect(self, token: str | None, request: web.Request) -> Connected:
        """Who is behind a new socket."""
        viewer = await self._viewer(token, self._newcomers)
        return Connected(viewer, self._client(request))

    async def for_operation(self, connected: Connected) -> Operation:
        """The context of an operation over a socket, whose session may have ended since it connected."""
        if connected.viewer is not None:
            await access.check_session(self._services, connected.viewer)
        return self._operation(connected.viewer, connected.client)

    def for_event(self, connected: Connected) -> Operation:
        """The context of one event; that the session lives is the feed's business."""
        return self._operation(connected.viewer, connected.client)

    async def _viewer(self, token: str | None, checks: SessionChecks | None) -> Viewer | None:
        viewer = access.named_viewer(self._services, token) if token is not None else None
        if viewer and checks:
            await access.check_session(self._services, viewer, checks)
        return viewer

    def _operation(self, viewer: Viewer | None, client: Client, *, is_checked: bool = True) -> Operation:
        return Operation(self._services, viewer, self._services.hub.tailer.cursor, client, is_checked)

    def _client(self, request: web.Request) -> Client:
        address = client_address(request, self._services.settings.trusted_proxies)
        return Client(address, request.headers.get("User-Agent", ""))


async def no_demo() -> None:
    """There are no demo people: the playground shows a form to sign in with."""


def build_app(services: Services, demo: DemoProvider = no_demo) -> web.Application:
    """The application over open services; the playground offers the demo people that `demo` names.

    Raises:
        ConfigurationError: the trusted documents are not good.
    """
    settings = services.settings
    sockets = Sockets(HEARTBEAT_SECONDS)
    services.hub.on_session_ended = _closer(sockets)
    app = web.Application()
    app[SERVICES], app[SOCKETS], app[STORAGE_PROBE] = services, sockets, StorageProbe(bucket_of(settings))
    app.on_response_prepare.append(_goodbye(sockets))
    app.router.add_routes([_endpoint(services, sockets).route(GRAPHQL_PATH), *_health_routes(app)])
    if not settings.trusted_documents_only:
        media_origins = [public_bucket_of(settings).origin]
        app.router.add_routes(playground_routes(demo, graphql_path=GRAPHQL_PATH, media_origins=media_origins))
    return app


def _endpoint(services: Services, sockets: Sockets) -> Endpoint:
    settings = services.settings
    executor_class = CompiledForOrjson if settings.compiled_execution else schema.execution_context_class
    documents = Documents(schema)
    engine = Engine(schema, documents, executor_class, _persisted(documents, settings))
    contexts, origins = Contexts(services), Origins(settings.allowed_origins)
    watch = Watch(slow_seconds=settings.slow_seconds)
    http = HTTPSettings(settings.body_max_bytes, watch=watch, is_draining=lambda: sockets.draining)
    socket_contexts = SocketContexts(contexts.connect, contexts.for_operation, contexts.for_event)
    return Endpoint(
        GraphQLView(engine, contexts.for_request, origins, http),
        SocketView(engine, socket_contexts, origins, sockets, SocketSettings(watch=watch)),
    )


def _persisted(documents: Documents, settings: Settings) -> PersistedDocuments:
    path = settings.trusted_documents
    if path is None and settings.trusted_documents_only:
        raise ConfigurationError("TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS, the file of those documents.")
    try:
        trusted = read_manifest(Path(path)) if path else {}
        return PersistedDocuments(documents, trusted, trusted_only=settings.trusted_documents_only)
    except (ManifestError, TrustedDocumentError) as error:
        raise ConfigurationError(f"TRUSTED_DOCUMENTS is wrong: {error}") from None


def _closer(sockets: Sockets) -> Callable[[UUID], None]:
    def close(session_id: UUID) -> None:
        sockets.close_where(
            lambda connected: connected.viewer is not None and connected.viewer.session_id == session_id,
            CloseCode.UNAUTHORIZED,
            "The session has ended.",
        )

    return close


def _goodbye(sockets: Sockets) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """During a drain, have the client make its next request elsewhere."""

    async def say(_request: web.Request, response: web.StreamResponse) -> None:
        if sockets.draining:
            response.headers["Connection"] = "close"
            response.force_close()

    return say


def _health_routes(app: web.Application) -> list[web.RouteDef]:
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        problem = "draining" if app[SOCKETS].draining else await _problem(app[SERVICES])
        # Without S3 media fail and everything else works, so that it would be wrong to take this process out of use.
        media = await app[STORAGE_PROBE].state()
        return web.json_response({"status": problem or "ready", "media": media}, status=503 if problem else 200)

    return [web.get("/healthz", alive), web.get("/readyz", ready)]


async def _problem(services: Services) -> str | None:
    try:
        await asyncio.wait_for(services.database.row("SELECT 1"), 2.0)
    except Exception:
        logger.exception("the database does not answer")
        return "the database does not answer"
    return None
