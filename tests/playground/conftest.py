from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from aiohttp.test_utils import TestServer

from app.playground import FOLDER, Demo, DemoPerson, DemoProvider, playground_routes
from tests.playground.toy import toy_app
from tests.playground.toy_backend import PASSWORD, PEOPLE, Backend
from tests.support.browser import Browser

EXAMPLES = Path(__file__).parent / "examples"


class Serve(Protocol):
    """Starts a server with the page on it; at any free port, if none is asked for."""

    async def __call__(
        self, demo: DemoProvider, *, media_origins: Sequence[str] = (), port: int | None = None
    ) -> TestServer: ...


async def nobody() -> None:
    """What a server without demo people answers."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The built page, with the toy's examples instead of the real ones."""
    (tmp_path / "dist").symlink_to(FOLDER / "dist")
    (tmp_path / "operations").symlink_to(EXAMPLES)
    return tmp_path


@pytest.fixture
def demo() -> Demo:
    return Demo(PASSWORD, [DemoPerson(handle, name, None) for handle, name in PEOPLE.items()])


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
async def serve(backend: Backend, site: Path) -> AsyncIterator[Serve]:
    servers = []

    async def start(demo: DemoProvider, *, media_origins: Sequence[str] = (), port: int | None = None) -> TestServer:
        app = toy_app(backend)
        app.add_routes(playground_routes(demo, media_origins=media_origins, folder=site))
        server = TestServer(app, port=port)
        servers.append(server)
        await server.start_server(shutdown_timeout=0.1)
        return server

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def toy_server(serve: Serve, demo: Demo) -> TestServer:
    """A server of the toy with demo people."""

    async def provide() -> Demo:
        return demo

    return await serve(provide)


@pytest.fixture
def url(toy_server: TestServer) -> str:
    """Its address."""
    return str(toy_server.make_url("/"))


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for each file: where Chromium runs away, as its newest does at times, the other tests have the machine."""
    async with Browser.started() as browser:
        yield browser


@pytest.fixture
async def profile(browser: Browser) -> AsyncIterator[str]:
    async with browser.profile() as profile:
        yield profile
