"""An aiohttp server with the toy schema, and people to talk to it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.execution.compiled.strawberry_reader import CompiledForOrjson
from app.execution.documents import Documents
from app.execution.engine import Engine
from app.execution.errors import UnauthenticatedError
from app.execution.persisted import PersistedDocuments
from app.transport.endpoint import Endpoint
from app.transport.http import GraphQLView, HTTPSettings
from app.transport.origins import Origins
from app.transport.reports import Report, Watch
from app.transport.socket_service import SocketContexts, SocketSettings
from app.transport.socket_view import SocketView
from app.transport.sockets import Sockets
from tests.support.graphql_client import GraphQLClient
from tests.support.patience import PATIENCE
from tests.transport.toy import Context, World, schema


@dataclass
class Person:
    """Who is behind a socket of the toy."""

    token: str | None
    expires_at: float | None = None


@dataclass
class Toy:
    """A running server, and what a test may do to it."""

    world: World
    client: GraphQLClient
    sockets: Sockets
    server: TestServer
    reports: list[Report]
    ended: set[str | None] = field(default_factory=set)
    """Tokens of sessions that have ended."""

    async def open_context(self, token: str | None, request: web.Request, *, check: bool = True) -> Context:
        del request
        assert check, "no mutation of the toy checks its viewer"
        if token in {"bad", *self.ended}:
            raise UnauthenticatedError
        if token == "crash":
            raise RuntimeError("the password is hunter2")
        return Context(self.world, token)

    async def connect(self, token: str | None, request: web.Request) -> Person:
        await self.open_context(token, request)
        if token == "wait":
            self.world.started.set()
            await self.world.gate.wait()
        if token is not None and token.startswith("expires in "):
            return Person(token, time.time() + float(token.removeprefix("expires in ")))
        return Person(token)

    async def open_operation(self, person: Person) -> Context:
        if person.token in self.ended:
            raise UnauthenticatedError("The session has ended.")
        return Context(self.world, person.token)

    def event_context(self, person: Person) -> Context:
        return Context(self.world, person.token)


StartToy = Callable[..., Awaitable[Toy]]


@pytest.fixture
async def start_toy() -> AsyncIterator[StartToy]:
    """Starts a server with given settings."""
    async with AsyncExitStack() as stack:

        async def start(
            *,
            http: HTTPSettings | None = None,
            socket: SocketSettings | None = None,
            heartbeat_seconds: float = 10 * PATIENCE,
            origins: tuple[str, ...] = ("https://app.example.com",),
            trusted: Mapping[str, str] | None = None,
            trusted_only: bool = False,
        ) -> Toy:
            world = World()
            reports: list[Report] = []
            watch = Watch(reporter=reports.append)
            documents = Documents(schema)
            persisted = PersistedDocuments(documents, trusted, trusted_only=trusted_only)
            engine = Engine(schema, documents, CompiledForOrjson, persisted)
            sockets = Sockets(heartbeat_seconds)
            application = web.Application()
            server = TestServer(application)
            session = await stack.enter_async_context(aiohttp.ClientSession())
            toy = Toy(world, GraphQLClient(session, ""), sockets, server, reports)
            view = GraphQLView(engine, toy.open_context, Origins(origins), replace(http or HTTPSettings(), watch=watch))
            socket_view = SocketView(
                engine,
                SocketContexts(toy.connect, toy.open_operation, toy.event_context),
                Origins(origins),
                sockets,
                replace(socket or SocketSettings(), watch=watch),
            )
            application.router.add_routes([Endpoint(view, socket_view).route("/graphql")])
            await stack.enter_async_context(server)
            toy.client.url = str(server.make_url("/graphql"))
            return toy

        yield start


@pytest.fixture
async def toy(start_toy: StartToy) -> Toy:
    """A server with the settings of production."""
    return await start_toy()
