"""What a worker does: it serves on sockets that it was given, for as long as its supervisor lives."""

import asyncio
import contextlib
import os
import socket

from app.config import Settings, load_settings
from app.errors import ConfigurationError
from app.playground import DemoProvider
from app.server import no_demo
from app.services import Services
from app.serving.doors import Doors
from app.serving.process import serve
from app.serving.stop_signals import StopSignals
from app.serving.worker_process import BEAT, BEATS, COVER, DEMO_PASSWORD, LEAVE, READY


async def work(channel: socket.socket, doors: Doors) -> int:
    """Serve, and tell the supervisor when, or why not; obey it, and drain when it is gone. The exit code."""
    stop = StopSignals.heard()
    channel.settimeout(0)  # a supervisor that does not listen holds nobody up
    tasks = [asyncio.create_task(_obey(channel, doors, stop))]

    def announce() -> None:
        _say(channel, READY)
        tasks.append(asyncio.create_task(_beat(channel, settings)))

    try:
        settings = load_settings()
        await serve(settings, announce=announce, prepare=_prepare, doors=doors, stop=stop)
    except ConfigurationError as error:
        _say(channel, f"{error}\n".encode())
        return 1
    finally:
        for task in tasks:
            task.cancel()
    return 0


async def _beat(channel: socket.socket, settings: Settings) -> None:
    """Tell the supervisor, again and again, that this loop still turns."""
    while True:
        await asyncio.sleep(settings.worker_silence_seconds / BEATS)
        _say(channel, BEAT)


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
    with contextlib.suppress(OSError):  # the supervisor is gone, or has not listened for long
        channel.send(line)
