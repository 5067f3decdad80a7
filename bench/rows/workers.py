"""Two server processes against one, by work that is all the server's own: the database is not asked.

The load and both servers share both cores of a small machine. What is asked takes the server so long that what the load
needs for an answer is next to nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from bench import queries
from bench.lab import Lab
from bench.load import Load, measure, post
from bench.row import OURS, Bar, Contender, Row, Sample
from bench.servers import OTHER_CORE, SERVER_CORE, Server, keep_to

CORES = (SERVER_CORE, OTHER_CORE)
ONE = "one process"


def _contender(name: str, server: Server, lab: Lab) -> Contender:
    asked = post("/graphql", orjson.dumps({"query": queries.POLICY}))
    load = Load(lambda: asked, b'"p29":')

    async def run() -> Sample:
        keep_to(*CORES)
        measured = await measure(server.port, load, seconds=lab.options.seconds)
        keep_to(OTHER_CORE)
        return Sample(measured.per_second, measured.answers)

    return Contender(name, run, server.cpu_seconds)


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Ours as two processes on one port, and as one."""
    async with lab.launch(OURS, "--workers", "2", cores=CORES) as two, lab.launch(OURS, cores=CORES) as one:
        yield [_contender(OURS, two, lab), _contender(ONE, one, lab)]


ROW = Row("workers", "two processes, the policy 30 times", "requests/s", contenders, (Bar(ONE, at_least=1.7),))
