"""What a worker does: it serves on sockets that it was given, for as long as its supervisor lives."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Sequence

from app.config import load_settings
from app.errors import ConfigurationError
from app.playground import DemoProvider
from app.server import no_demo
from app.services import Services
from app.serving import serve
from app.stopping import StopSignals
from app.worker_process import DEMO_PASSWORD, READY


async def work(channel: socket.socket, listeners: Sequence[socket.socket]) -> int:
    """Serve, and tell the supervisor when, or why not; drain when it asks for that, or is gone. The exit code."""
    stop = StopSignals.heard()
    loop = asyncio.get_running_loop()

    def supervisor_is_gone() -> None:  # it never says anything
        loop.remove_reader(channel)
        stop.ask()

    channel.settimeout(0)
    loop.add_reader(channel, supervisor_is_gone)
    try:
        settings = load_settings()
        await serve(settings, announce=lambda: _say(channel, READY), prepare=_prepare, listeners=listeners, stop=stop)
    except ConfigurationError as error:
        _say(channel, f"{error}\n".encode())
        return 1
    finally:
        loop.remove_reader(channel)
    return 0


async def _prepare(_services: Services) -> DemoProvider:
    if password := os.environ.get(DEMO_PASSWORD):
        from app.demo.loading import Demo  # noqa: PLC0415 - only a laptop has one

        return Demo(password)
    return no_demo


def _say(channel: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):  # the supervisor is gone
        channel.send(line)
