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
from app.serving.stop_signals import on_stop_signals

# Beside the pools of the workers: for migrations, the demo, and a look around by hand.
SPARE_CONNECTIONS = 30


async def run_all(given: dict[str, Any], data_dir: Path, *, with_demo: bool) -> None:
    """Start what is missing, prepare it, serve until told to stop, and stop what was started.

    A signal that comes before the server can hear it cancels this.

    Raises:
        ConfigurationError: one line that says what is in the way.
    """
    _cancel_once(asyncio.current_task())
    async with embedded_engines(data_dir, _wanted_workers(given)) as endpoints:
        local = await asyncio.to_thread(_import_local)
        await local.serve_locally(given, data_dir, await endpoints, with_demo=with_demo)


def _cancel_once(task: "asyncio.Task[Any] | None") -> None:
    """Until the server hears signals, have the first one cancel this, and none interrupt the end of the engines."""
    assert task
    on_stop_signals(lambda _number: task.cancelling() or task.cancel())


def _wanted_workers(given: dict[str, Any]) -> int:
    return int(given.get("workers") or _number(os.environ.get("WORKERS"), 1))


def _number(text: str | None, default: int) -> int:
    """What a variable says; where it says nonsense, the settings will tell."""
    return int(text) if text and text.isdigit() else default


def _import_local() -> ModuleType:
    from app import local  # noqa: PLC0415 - see above

    return local


@asynccontextmanager
async def embedded_engines(data_dir: Path, workers: int) -> AsyncIterator[asyncio.Task[Endpoints]]:
    """The engines that the environment does not name, while they start."""
    engines = EmbeddedEngines(
        data_dir,
        postgres=not os.environ.get("DATABASE_URL"),
        s3=not os.environ.get("S3_ENDPOINT_URL"),
        valkey=workers > 1 and not os.environ.get("REDIS_URL"),
        max_connections=SPARE_CONNECTIONS + workers * _number(os.environ.get("DATABASE_POOL_SIZE"), 10),
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
