"""What a worker does: it serves on sockets that it was given, for as long as its supervisor lives."""

import asyncio
import contextlib
import os
import socket

from app.config import load_settings
from app.doors import Doors
from app.errors import ConfigurationError
from app.playground import DemoProvider
from app.server import no_demo
from app.services import Services
from app.serving import serve
from app.stopping import StopSignals
from app.worker_process import COVER, DEMO_PASSWORD, LEAVE, READY


async def work(channel: socket.socket, doors: Doors) -> int:
    """Serve, and tell the supervisor when, or why not; obey it, and drain when it is gone. The exit code."""
    stop = StopSignals.heard()
    obeying = asyncio.create_task(_obey(channel, doors, stop))
    try:
        await serve(load_settings(), announce=lambda: _say(channel, READY), prepare=_prepare, doors=doors, stop=stop)
    except ConfigurationError as error:
        _say(channel, f"{error}\n".encode())
        return 1
    finally:
        obeying.cancel()
    return 0


async def _obey(channel: socket.socket, doors: Doors, stop: StopSignals) -> None:
    """Do what the supervisor says, until it is gone."""
    reader, _ = await asyncio.open_unix_connection(sock=channel.dup())
    with contextlib.suppress(ConnectionError):
        async for line in reader:
            command, place = line.split()
            await {COVER: doors.cover, LEAVE: doors.leave}[command](int(place))
    stop.ask()


async def _prepare(_services: Services) -> DemoProvider:
    if password := os.environ.get(DEMO_PASSWORD):
        from app.demo.loading import Demo  # noqa: PLC0415 - only a laptop has one

        return Demo(password)
    return no_demo


def _say(channel: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):  # the supervisor is gone
        channel.send(line)
