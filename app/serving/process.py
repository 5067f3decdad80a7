"""Serving until told to stop, and leaving so that nobody loses anything."""

import asyncio
import gc
import logging
import resource
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from app.config import Settings
from app.opening import open_services
from app.playground import DemoProvider
from app.server import SOCKETS, STORAGE_PROBE, build_app, no_demo
from app.services import Services
from app.serving.doors import Doors
from app.serving.listeners import BACKLOG, port_error
from app.serving.stop_signals import StopSignals

logger = logging.getLogger(__name__)

# For requests under way when all else is over: longer than a body may take to arrive.
FINISH_SECONDS = 20.0
# Objects allocated between looks for cycles among the youngest: looking took a tenth of a page of history.
YOUNG_OBJECTS = 50_000
# Between looks at whether the last HTTP connection has ended.
POLL_SECONDS = 0.05


async def serve(
    settings: Settings,
    *,
    announce: Callable[[], None],
    prepare: Callable[[Services], Awaitable[DemoProvider]] | None = None,
    doors: Doors | None = None,
    stop: StopSignals | None = None,
) -> None:
    """Serve until told to stop, then drain. `doors` are bound sockets, in place of HOST and PORT.

    Raises:
        ConfigurationError: the port is taken, or an engine can't be used.
    """
    logging.getLogger().setLevel(settings.log_level)
    stop = stop or StopSignals.heard()
    allow_open_files()
    async with open_services(settings) as services:
        app = build_app(services, await prepare(services) if prepare else no_demo)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=FINISH_SECONDS)
        await runner.setup()
        probe = asyncio.create_task(app[STORAGE_PROBE].state())  # for its line in the log
        try:
            await _listen(runner, settings, doors)
            gc.collect()
            gc.freeze()
            gc.set_threshold(YOUNG_OBJECTS)
            announce()
            await stop.asked.wait()
            await drain(runner, settings.drain_seconds, stop, doors)
        finally:
            probe.cancel()
            await runner.cleanup()


def allow_open_files() -> None:
    """Take as many open files as the system lets a process have: each socket is one, and the usual limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS has a limit of its own below an unlimited one
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    logger.debug("open files: %d, were %d", resource.getrlimit(resource.RLIMIT_NOFILE)[0], soft)


async def drain(runner: web.AppRunner, seconds: float, stop: StopSignals, doors: Doors | None = None) -> None:
    """Take no more connections, and see those that there are off within `seconds`, or at once if it is urgent.

    The listeners close first, so that whoever reconnects lands elsewhere. A socket serves until its turn comes to be
    closed with a code to resume at. An HTTP connection ends with the answer to its next request; one that stays idle
    is closed at the end.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    sockets = runner.app[SOCKETS]
    logger.info("draining: %d sockets", len(sockets))
    sockets.draining = True
    if doors:
        await doors.close()
    for site in list(runner.sites):
        await site.stop()
    await sockets.close_all(seconds, pause=stop.pause)
    assert runner.server
    while runner.server.connections and loop.time() < end and not stop.hurried.is_set():
        await stop.pause(POLL_SECONDS)


async def _listen(runner: web.AppRunner, settings: Settings, doors: Doors | None) -> None:
    if doors:
        await doors.open(runner)
        return
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG).start()
    except OSError as error:
        raise port_error(settings.host, settings.port, error) from error
