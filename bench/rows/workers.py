"""Two server processes against one, by work that is all the server's own: the database is not asked.

The load and both servers share both cores of a small machine. What is asked takes the server so long that what the load
needs for an answer is next to nothing.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import orjson
from graphql import get_introspection_query

from bench.lab import Lab
from bench.load import Load, measure, post
from bench.row import OURS, Bar, Contender, Row, Sample
from bench.servers import OTHER_CORE, SERVER_CORE, Server, keep_to

CORES = (SERVER_CORE, OTHER_CORE)
ONE = "one process"


def _contender(name: str, servers: list[Server], lab: Lab) -> Contender:
    asked = post("/graphql", orjson.dumps({"query": get_introspection_query()}))
    load = Load(lambda: asked, b'"__schema":')

    async def run() -> Sample:
        keep_to(*CORES)
        measured = await measure([server.port for server in servers], load, seconds=lab.options.seconds)
        keep_to(OTHER_CORE)
        return Sample(measured.per_second, measured.answers)

    return Contender(name, run, lambda: sum(server.cpu_seconds() for server in servers))


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Two processes of ours, and one of them."""
    async with AsyncExitStack() as stack:
        two = [await stack.enter_async_context(lab.launch(OURS, CORES)) for _ in range(2)]
        yield [_contender(OURS, two, lab), _contender(ONE, two[:1], lab)]


ROW = Row("workers", "two processes, introspection", "requests/s", contenders, (Bar(ONE, at_least=1.7),))
