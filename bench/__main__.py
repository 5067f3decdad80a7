"""Measures our server against bare handlers, in turns, and writes a table: `make bench`."""

import asyncio
import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from app.embedded import EmbeddedEngines
from app.store.migrate import migrate
from bench import queries
from bench.load import Measured, get, measure, post
from bench.servers import OTHER_CORE, Server, free_port, keep_to, running
from bench.sockets import Audience
from bench.world import World, make_world

ROUNDS = 3
SECONDS = 3.0
SUBSCRIBERS = 1_000
RESULTS = Path(__file__).parent / "results"
SECRET = "a secret for measuring, long enough here"


@dataclass
class Row:
    """One line of the table: what was measured of both servers in each round."""

    work: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    our_cpu: list[float] = field(default_factory=list)
    bare_cpu: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(own / other for own, other in zip(self.ours, self.bare, strict=True))

    def line(self) -> str:
        """As a row of a Markdown table; CPU in microseconds for each operation."""
        figures = [statistics.median(values) for values in (self.ours, self.bare)]
        cpu = [statistics.median(values) * 1e6 for values in (self.our_cpu, self.bare_cpu)]
        cells = [*(f"{figure:,.0f}" for figure in figures), f"{self.ratio:.2f}", *(f"{each:,.0f}" for each in cpu)]
        return f"| {self.work} | {' | '.join(cells)} |"


Run = Callable[[Server], Awaitable[Measured]]


async def compare(row: Row, ours: tuple[Server, Run], bare: tuple[Server, Run]) -> Row:
    """Measure both in turns, after a round to warm up."""
    for number in range(ROUNDS + 1):
        for (server, run), rates, cpu in ((ours, row.ours, row.our_cpu), (bare, row.bare, row.bare_cpu)):
            before, started = server.cpu_seconds, time.perf_counter()
            measured = await run(server)
            elapsed = time.perf_counter() - started
            if number:
                rates.append(measured.per_second)
                cpu.append((server.cpu_seconds - before) / (measured.per_second * elapsed))
    print(row.line(), file=sys.stderr)
    return row


def requests(make: Callable[[], bytes]) -> Run:
    """Measure requests per second."""
    return lambda server: measure(server.port, make, seconds=SECONDS)


def graphql(world: World, query: str, variables: Callable[[], dict[str, object]]) -> Callable[[], bytes]:
    """Requests with an access token."""
    return lambda: post("/graphql", orjson.dumps({"query": query, "variables": variables()}), world.token)


async def over_http(world: World, ours: Server, bare: Server) -> list[Row]:
    """History, inbox and send."""
    history = post(
        "/graphql", orjson.dumps({"query": queries.HISTORY, "variables": {"id": world.node_id}}), world.token
    )
    inbox = post("/graphql", orjson.dumps({"query": queries.INBOX}), world.token)
    bare_history, bare_inbox = get(f"/history?id={world.conversation_id}"), get(f"/inbox?id={world.viewer_id}")
    said = {"conversation": str(world.conversation_id), "sender": str(world.viewer_id), "text": "Hello there"}
    bare_send = post("/send", orjson.dumps(said))

    def message() -> dict[str, object]:
        content = {"text": {"text": "Hello there"}}
        return {"input": {"conversationId": world.node_id, "clientKey": secrets.token_hex(8), "content": content}}

    send = graphql(world, queries.SEND, message)
    works: list[tuple[str, Callable[[], bytes], Callable[[], bytes]]] = [
        ("history page, 50 messages", lambda: history, lambda: bare_history),
        ("inbox, 20 conversations", lambda: inbox, lambda: bare_inbox),
        ("send a text", send, lambda: bare_send),
    ]
    return [await compare(Row(work), (ours, requests(own)), (bare, requests(other))) for work, own, other in works]


async def fan_out(world: World, ours: Server, bare: Server) -> Row:
    """Deliveries per second to many subscribers of one conversation."""
    messages = 3
    content: dict[str, object] = {"text": {"text": "Hello there"}}
    own, other = Audience(), Audience()
    variables: dict[str, object] = {"id": world.node_id, "after": await _send_one(world, ours, content)}
    await own.subscribe(ours.port, SUBSCRIBERS, world.token, queries.FAN_OUT, variables)
    await other.connect(bare.port, "/socket", SUBSCRIBERS)
    text = orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"messageAdded": "x" * 260}}})

    async def deliver(audience: Audience, say: Callable[[], Awaitable[object]]) -> Measured:
        started = time.perf_counter()
        audience.expect(SUBSCRIBERS * messages)
        for _ in range(messages):
            await say()
        await audience.heard()
        return Measured(SUBSCRIBERS * messages / (time.perf_counter() - started), 0)

    row = await compare(
        Row(f"fan-out to {SUBSCRIBERS:,} subscribers"),
        (ours, lambda server: deliver(own, lambda: _send_one(world, server, content))),
        (bare, lambda server: deliver(other, lambda: _once(server, post("/broadcast", text)))),
    )
    own.close()
    other.close()
    return row


async def _send_one(world: World, server: Server, content: dict[str, object]) -> int:
    key = secrets.token_hex(8)
    variables = {"input": {"conversationId": world.node_id, "clientKey": key, "content": content}}
    body = orjson.dumps({"query": queries.SEND, "variables": variables})
    answer = await _once(server, post("/graphql", body, world.token))
    return int(orjson.loads(answer)["data"]["sendMessage"]["message"]["seq"])


async def _once(server: Server, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    writer.close()
    return body


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Start PostgreSQL and S3 as `make run` does, and say where they are, as environment variables."""
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
        }
    finally:
        await embedded.stop()


async def main(folder: Path) -> list[Row]:
    """Measure everything."""
    keep_to(OTHER_CORE)
    async with engines(folder) as environment:
        url = environment["DATABASE_URL"]
        await migrate(url)
        world = await make_world(url, SECRET)
        port, bare_port = free_port(), free_port()
        async with (
            running("-m", "app", "serve", "--port", str(port), port=port, environment=environment) as ours,
            running("-m", "bench.bare", str(bare_port), url, port=bare_port) as bare,
        ):
            return [*await over_http(world, ours, bare), await fan_out(world, ours, bare)]


def _write(rows: list[Row]) -> None:
    RESULTS.mkdir(exist_ok=True)
    head = "| work | Backchannel | bare handler | ratio | CPU, µs | bare CPU, µs |\n|---|---|---|---|---|---|"
    table = "\n".join([head, *(row.line() for row in rows)])
    about = f"Per second, medians of {ROUNDS} rounds in turns; one server process on one core, the rest on another.\n"
    (RESULTS / "latest.md").write_text(f"# Latest measurement\n\n{about}\n{table}\n", encoding="utf-8")
    raw = {row.work: {"ours": row.ours, "bare": row.bare, "ratio": row.ratio} for row in rows}
    (RESULTS / "latest.json").write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")
    print(table)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-") as temporary:
        Path(temporary).chmod(0o755)  # embedded PostgreSQL may have to run as another user
        _write(asyncio.run(main(Path(temporary))))
