"""The place where rows are measured: engines with a world of data, and the contenders' servers beside them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import orjson

from app.embedded import EmbeddedEngines
from app.store.database import SESSION_SETTINGS
from app.store.migrate import migrate
from bench.load import Load, measure, post
from bench.peers import Peer, usable_peers
from bench.row import BARE, OURS, Contender, Sample
from bench.servers import SERVER_CORE, Server, free_port, python, running
from bench.statements import Statements, counting, prepare_counting
from bench.world import Client, World, make_world

SECRET = "a secret for measuring, long enough here"


@dataclass(frozen=True, slots=True)
class Options:
    """How long to measure: rounds, and seconds for each contender in each round."""

    rounds: int = 5
    seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class Lab:
    """What rows measure with. `servers` are ours, the bare handlers and the peers, by name; none until `serving`."""

    options: Options
    environment: Mapping[str, str]
    world: World
    peers: Sequence[Peer]
    statements: Statements
    servers: Mapping[str, Server] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Where the data is."""
        return self.environment["DATABASE_URL"]

    @property
    def graphql_servers(self) -> dict[str, Server]:
        """The servers that take the same GraphQL requests."""
        return {name: server for name, server in self.servers.items() if name != BARE}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Lab"]:
        """The same with a new server of each name, so that no row depends on what another left behind."""
        servers: dict[str, Server] = {}
        async with AsyncExitStack() as stack:
            for name in (OURS, BARE, *(peer.name for peer in self.peers)):
                servers[name] = await stack.enter_async_context(self.launch(name))
            yield replace(self, servers=servers)

    def launch(
        self, name: str, *options: str, cores: Sequence[int] = (SERVER_CORE,)
    ) -> AbstractAsyncContextManager[Server]:
        """Start one more server of a name, with more options on its command line."""
        port = free_port()
        return running([*_command(name, port, self.database_url, self.peers), *options], port, self.environment, cores)

    def speaker(self, name: str) -> Client:
        """Whose conversation is a contender's own: ours hears of what others write to the database too."""
        return self.world.clients[list(self.servers).index(name)]

    def graphql(self, query: str, variables: Mapping[str, object] | None = None, by: Client | None = None) -> bytes:
        """A request, by the first viewer if by nobody else."""
        client = by or self.world.viewers[0]
        return post("/graphql", orjson.dumps({"query": query, "variables": variables}), client.token)

    def over_http(
        self, *, graphql: Callable[[], bytes], graphql_proof: bytes, bare: Callable[[], bytes], bare_proof: bytes
    ) -> list[Contender]:
        """All contenders, asked as fast as they answer; a proof is a part of any good answer."""
        loads = {name: Load(graphql, graphql_proof) for name in self.graphql_servers} | {BARE: Load(bare, bare_proof)}
        return [self.asking(name, self.servers[name], load) for name, load in loads.items()]

    def asking(self, name: str, server: Server, load: Load) -> Contender:
        """A contender that is asked as fast as it answers; its figure is requests a second."""

        async def run() -> Sample:
            measured = await measure(server.port, load, seconds=self.options.seconds)
            return Sample(measured.per_second, measured.answers)

        return Contender(name, run, server.cpu_seconds)


def _command(name: str, port: int, database_url: str, peers: Sequence[Peer]) -> list[str]:
    if name == OURS:
        return python("-m", "app", "serve", "--port", str(port))
    if name == BARE:
        return python("-m", "bench.bare", str(port), database_url)
    peer = next(peer for peer in peers if peer.name == name)
    return peer.command(port, database_url)


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Start PostgreSQL and S3 as `make run` does, and say where they are, as environment variables."""
    await prepare_counting(folder / "postgres")
    embedded = EmbeddedEngines(folder)
    endpoints = await embedded.start()
    assert endpoints.database_url
    assert endpoints.s3
    try:
        yield {
            "DATABASE_URL": endpoints.database_url,
            "S3_ENDPOINT_URL": endpoints.s3.url,
            "S3_ACCESS_KEY_ID": endpoints.s3.access_key,
            "S3_SECRET_ACCESS_KEY": endpoints.s3.secret_key,
            "JWT_SECRET": SECRET,
            "SLOW_SECONDS": "60",
            "DRAIN_SECONDS": "0",
            "LOG_LEVEL": "WARNING",
        }
    finally:
        await embedded.stop()


@asynccontextmanager
async def open_lab(folder: Path, options: Options) -> AsyncIterator[Lab]:
    """Start the engines and make the world."""
    async with engines(folder) as environment:
        url = environment["DATABASE_URL"]
        await migrate(url)
        await _give_all_the_same_settings(url)
        world = await make_world(url, SECRET)
        async with counting(url) as statements:
            yield Lab(options, environment, world, usable_peers(), statements)


async def _give_all_the_same_settings(url: str) -> None:
    """What we set for our own connections: how PostgreSQL is tuned is not what is compared."""
    connection = await asyncpg.connect(url)
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    for setting, value in SESSION_SETTINGS.items():
        await connection.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
    await connection.close()
