"""Serving by several processes, with an engine for their hints where none is named."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from app.config import Settings, environment_of
from app.errors import ConfigurationError
from app.serving.listeners import bind_all
from app.serving.stop_signals import StopSignals
from app.serving.supervisor import Supervisor


async def serve_with_redis(settings: Settings, *, announce: Callable[[], None]) -> None:
    """Serve until told to stop; SIGHUP restarts the workers one after the other.

    Raises:
        ConfigurationError: in one line, why that is not possible.
    """
    async with _redis(settings) as redis_url:
        await serve_by_workers(replace(settings, redis_url=redis_url), announce=announce, rolls=True)


async def serve_by_workers(
    settings: Settings, *, announce: Callable[[], None], more: Mapping[str, str] | None = None, rolls: bool = False
) -> None:
    """Serve by the workers alone, who find `more` in their environment.

    Raises:
        ConfigurationError: the port is taken, or in one line, why the workers can't serve.
    """
    stop = StopSignals.heard()
    listeners = bind_all(settings.host, settings.port, settings.workers)
    supervisor = Supervisor(listeners, {**environment_of(settings), **(more or {})}, settings)
    if rolls:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, supervisor.restart)
    await supervisor.run(announce, stop)


@asynccontextmanager
async def _redis(settings: Settings) -> AsyncIterator[str]:
    """REDIS_URL, or else a Valkey of our own for as long as we live."""
    if settings.redis_url:
        yield settings.redis_url
        return
    try:
        from app.embedded import EmbeddedEngines, remove_data  # noqa: PLC0415 - not installed everywhere
    except ModuleNotFoundError:
        raise ConfigurationError("Several workers tell each other of events through Valkey: set REDIS_URL.") from None
    folder = _private_folder(f"backchannel-{os.geteuid()}-{settings.port}")
    engines = EmbeddedEngines(folder, postgres=False, s3=False, valkey=True)
    endpoints = await engines.start()
    assert endpoints.redis_url
    try:
        yield endpoints.redis_url
    finally:
        await asyncio.shield(engines.stop())
        remove_data(folder)


def _private_folder(name: str) -> Path:
    """A folder that is the same at the next start, which therefore ends what a killed one has left running."""
    folder = Path(tempfile.gettempdir(), name)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise ConfigurationError(f"{folder} is not ours: remove it, or set REDIS_URL.")
    return folder
