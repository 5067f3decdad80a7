"""One set of real engines for the whole run; a database, a server and its clients for each worker."""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import asyncpg
import pytest
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from app.auth.passwords import Passwords
from app.config import Settings, load_settings
from app.embedded import EmbeddedEngines, S3Endpoint, remove_data
from app.live import beats
from app.opening import open_services
from app.server import build_app
from app.services import Services
from app.storage_setup import set_up_storage
from app.store.migrate import migrate
from tests.support.graphql_client import GraphQLClient
from tests.support.patience import PATIENCE
from tests.support.people import People

pytest_plugins = ["tests.support.limits"]

TEMPLATE = "template_backchannel"


@dataclass
class RunningEngines:
    """The engines of this run, held by the process that started them."""

    loop: asyncio.AbstractEventLoop
    engines: EmbeddedEngines
    folder: Path
    database_url: str
    s3: S3Endpoint
    redis_url: str

    @classmethod
    def start(cls) -> "RunningEngines":
        loop = asyncio.new_event_loop()
        folder = Path(tempfile.mkdtemp(prefix="backchannel-test-"))
        folder.chmod(0o755)
        engines = EmbeddedEngines(folder, valkey=True, durable=False, max_connections=300)
        endpoints = loop.run_until_complete(engines.start())
        assert endpoints.database_url
        assert endpoints.s3
        assert endpoints.redis_url
        loop.run_until_complete(_make_template(endpoints.database_url))
        return cls(loop, engines, folder, endpoints.database_url, endpoints.s3, endpoints.redis_url)

    def stop(self) -> None:
        self.loop.run_until_complete(self.engines.stop())
        self.loop.close()
        remove_data(self.folder)


async def _make_template(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    await migrate(database_named(url, TEMPLATE))


def database_named(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}")).replace(":///", "://postgres@/", 1)


RUNNING = pytest.StashKey[RunningEngines]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[RUNNING] = RunningEngines.start()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    running = node.config.stash[RUNNING]
    node.workerinput["engines"] = {
        "database_url": running.database_url,
        "s3": asdict(running.s3),
        "redis_url": running.redis_url,
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    if running := config.stash.get(RUNNING, None):
        running.stop()


@pytest.fixture(scope="session", autouse=True)
def no_beats() -> Iterator[None]:
    """Let no beat of an inbox come between the events that a test waits for."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(beats, "BEAT_SECONDS", 10 * PATIENCE)
        yield


@pytest.fixture(scope="session")
def engine_database_url(request: pytest.FixtureRequest) -> str:
    """The server's own database, to make others from."""
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["engines"]["database_url"] if workerinput else request.config.stash[RUNNING].database_url


@pytest.fixture(scope="session")
def s3_endpoint(request: pytest.FixtureRequest) -> S3Endpoint:
    workerinput = getattr(request.config, "workerinput", None)
    return S3Endpoint(**workerinput["engines"]["s3"]) if workerinput else request.config.stash[RUNNING].s3


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> str:
    """For tests of several processes; all test workers share it."""
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["engines"]["redis_url"] if workerinput else request.config.stash[RUNNING].redis_url


@pytest.fixture(scope="session")
async def database_url(engine_database_url: str) -> str:
    """A migrated database of this worker's own."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection = await asyncpg.connect(engine_database_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    await connection.close()
    return database_named(engine_database_url, name)


@pytest.fixture(scope="session")
async def settings(database_url: str, s3_endpoint: S3Endpoint) -> Settings:
    settings = load_settings(
        database_url=database_url,
        s3_endpoint_url=s3_endpoint.url,
        s3_bucket=s3_endpoint.bucket,
        s3_region=s3_endpoint.region,
        s3_access_key_id=s3_endpoint.access_key,
        s3_secret_access_key=s3_endpoint.secret_key,
        jwt_secret="a secret for the tests, of good length",
        allowed_origins=("http://app.example",),
    )
    await set_up_storage(settings)
    return settings


@pytest.fixture(scope="session")
def statements() -> Counter[str]:
    """The SQL statements that the server has run, to assert budgets by differences."""
    return Counter()


@pytest.fixture(scope="session")
async def services(settings: Settings, statements: Counter[str]) -> AsyncIterator[Services]:
    def observe(sql: str) -> None:
        statements[sql] += 1

    # Argon2id with the least parameters: nothing else takes as much of a test's time as signing people up.
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    async with open_services(settings, observer=observe) as services:
        yield replace(services, passwords=Passwords(hasher))


@pytest.fixture(scope="session")
async def server(services: Services) -> AsyncIterator[TestServer]:
    server = TestServer(build_app(services))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(scope="session")
def anyone(server: TestServer, http: aiohttp.ClientSession) -> GraphQLClient:
    """A client that is not signed in."""
    return GraphQLClient(http, str(server.make_url("/graphql")))


@pytest.fixture
def people(anyone: GraphQLClient) -> People:
    """Signs people up through the API, with handles of their own in each test."""
    return People(anyone)
