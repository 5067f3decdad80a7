"""What the tests of the rules share: servers with other settings, and proof that a refusal changed nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from app.config import Settings
from app.opening import open_services
from app.server import build_app
from app.services import Services
from tests.rules.records import contents
from tests.support.graphql_client import GraphQLClient
from tests.support.people import People

Unchanged = Callable[[], AbstractAsyncContextManager[None]]
ServerWith = Callable[..., Awaitable[str]]


@pytest.fixture
def unchanged(services: Services) -> Unchanged:
    """`async with unchanged():` fails where what was done in it changed any table, the log of events among them."""

    @asynccontextmanager
    async def watch() -> AsyncIterator[None]:
        before = await contents(services.database)
        yield
        assert await contents(services.database) == before

    return watch


@pytest.fixture
async def server_with(settings: Settings) -> AsyncIterator[ServerWith]:
    """Starts one more server on the same engines with some settings changed, and returns its URL."""
    async with AsyncExitStack() as stack:

        async def start(**changes: Any) -> str:
            services = await stack.enter_async_context(open_services(replace(settings, **changes)))
            server = await stack.enter_async_context(TestServer(build_app(services)))
            return str(server.make_url("/graphql"))

        yield start


@pytest.fixture(scope="module")
def crowd(anyone: GraphQLClient) -> People:
    """Signs up people who stay for a whole file, because signing up is slow."""
    return People(anyone)
