"""Everything on one machine: embedded engines where none are named, beside them the server.

The engines take a second to start, and importing the server about as long: both are done at once.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from app.embedded import EmbeddedEngines, Endpoints

CONNECTIONS = 50


async def run_all(given: dict[str, Any], data_dir: Path, *, with_demo: bool) -> None:
    """Start what is missing, prepare it, serve until told to stop, and stop what was started.

    Raises:
        ConfigurationError: one line that says what is in the way.
    """
    async with embedded_engines(data_dir) as endpoints:
        local = await asyncio.to_thread(_import_local)
        await local.serve_locally(given, data_dir, await endpoints, with_demo=with_demo)


def _import_local() -> ModuleType:
    from app import local  # noqa: PLC0415 - see above

    return local


@asynccontextmanager
async def embedded_engines(data_dir: Path) -> AsyncIterator[asyncio.Task[Endpoints]]:
    """The engines that the environment does not name, while they start."""
    engines = EmbeddedEngines(
        data_dir,
        postgres=not os.environ.get("DATABASE_URL"),
        s3=not os.environ.get("S3_ENDPOINT_URL"),
        max_connections=CONNECTIONS,
    )
    starting = asyncio.create_task(engines.start())
    try:
        await asyncio.sleep(0.1)  # so that the engines' processes are there before the imports take the CPU
        yield starting
    finally:
        starting.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await starting
        await asyncio.shield(engines.stop())
