"""`run` leaves no engine behind, whichever signal ends it, and when."""

import signal
from pathlib import Path

import pytest

from .processes import engines_in
from .running import running

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", SIGNALS)
async def test_a_server_that_is_told_to_end_stops_its_engines(
    used_dir: Path, number: signal.Signals, workers: int
) -> None:
    async with running(used_dir, workers=workers) as server:
        await server.serves()
        assert engines_in(used_dir)
        server.send(number)
        assert await server.ended() == 0
    assert engines_in(used_dir) == []


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_server_that_is_told_to_end_while_it_starts_stops_its_engines(
    used_dir: Path, number: signal.Signals
) -> None:
    async with running(used_dir) as server:
        await server.starts_engines(used_dir)
        server.send(number)
        server.send(number)
        assert await server.ended() == 0
    assert engines_in(used_dir) == []
