"""`python -m app serve` as a process of its own, on a database of its own."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import psutil
import pytest

from app.config import Settings
from app.embedded import remove_data
from app.embedded.child import end_leftovers
from app.embedded.valkey import STOP
from app.environment import written
from tests.conftest import TEMPLATE, database_named
from tests.support.graphql_client import GraphQLClient
from tests.support.output import Output, heard
from tests.support.patience import PATIENCE
from tests.support.people import People, Person


class Served:
    """A server with its workers."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, output: Output) -> None:
        self._process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.output = output

    @property
    def pid(self) -> int:
        return self._process.pid

    def workers(self) -> list[psutil.Process]:
        """Those that live."""
        return [each for each in psutil.Process(self.pid).children() if _is_worker(each)]

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def says(self, words: str, times: int = 1) -> None:
        """Wait until it has logged these words so often."""
        await self.output.says(words, times)

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    async def end(self) -> None:
        """End it, unless a test has."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            await self.ended()


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "worker" in process.cmdline()
    except psutil.NoSuchProcess:  # it has just ended; a zombie is one as well
        return False


async def clear(port: int) -> None:
    """End and remove what a server that a test has killed left behind."""
    folder = folder_of(port)
    await end_leftovers("valkey-server", folder / "valkey", STOP)
    remove_data(folder)


def folder_of(port: int) -> Path:
    """Where the Valkey of several workers lives."""
    return Path(tempfile.gettempdir(), f"backchannel-{os.geteuid()}-{port}")


def gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait for their ends; those that live on, which are killed."""
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    for process in alive:
        process.kill()
    return alive


@asynccontextmanager
async def leisurely() -> AsyncIterator[None]:
    """Pause for longer than it took, so that servers which start meanwhile come on turn."""
    began = asyncio.get_running_loop().time()
    yield
    await asyncio.sleep(4 * (asyncio.get_running_loop().time() - began))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


Serve = Callable[..., Awaitable[Served]]


@pytest.fixture(scope="session")
async def own_database(engine_database_url: str) -> str:
    """A database for the servers of these tests."""
    name = f"workers_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection = await asyncpg.connect(engine_database_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    await connection.close()
    return database_named(engine_database_url, name)


@pytest.fixture
def environment(settings: Settings, own_database: str) -> dict[str, str]:
    """Without REDIS_URL: several workers get a Valkey of their own."""
    ours = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
    return {**ours, **written(settings), "DATABASE_URL": own_database, "DATABASE_POOL_SIZE": "4", "DRAIN_SECONDS": "1"}


@pytest.fixture
async def serve(environment: dict[str, str]) -> AsyncIterator[Serve]:
    """Starts a server; `variables` are added to its environment."""
    async with AsyncExitStack() as stack:

        async def start(*, announced: bool = True, **variables: str) -> Served:
            port = int(variables.get("PORT") or free_port())
            if "PORT" not in variables:
                stack.push_async_callback(clear, port)  # after the ends of all that serve there
            theirs, output = await stack.enter_async_context(heard())
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "app", "serve"),
                    env={**environment, "PORT": str(port), **variables},
                    stdout=theirs,
                    stderr=theirs,
                    start_new_session=True,
                )
            served = Served(process, port, output)
            stack.push_async_callback(served.end)
            if announced:
                await served.says("Serving on")
            return served

        yield start


Meet = Callable[[Served], Awaitable[tuple[Person, Person, str]]]


@pytest.fixture
def meet(http: aiohttp.ClientSession) -> Meet:
    """Signs two people up at a server, and has them talk: the two, and the id of their conversation."""

    async def meet(served: Served) -> tuple[Person, Person, str]:
        people = People(GraphQLClient(http, f"{served.url}/graphql"))
        ann, bob = await people.join("ann"), await people.join("bob")
        return ann, bob, await ann.talk_to(bob)

    return meet
