"""The scenarios' own engine, and the two forms in which they run.

The short form is part of `make test`. `FAULTS=full` (`make faults`) runs each scenario longer and with several seeds.
`FAULT_SEED` runs a scenario again as it was; the seed of one that fails is in what it printed.
"""

import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.faults.cast import TEMPLATE, Cast, make_cast
from tests.faults.engine import Engine
from tests.faults.world import World, world

FULL = os.environ.get("FAULTS") == "full"
RUNS = 3 if FULL and "FAULT_SEED" not in os.environ else 1


@dataclass(frozen=True, slots=True)
class Form:
    """How much a scenario does."""

    sends: int
    """Messages that each person sends."""
    rounds: int
    """Times that what goes wrong goes wrong."""
    pause: float
    """Seconds for which an engine is away."""


@pytest.fixture(scope="session")
def form() -> Form:
    return Form(sends=150, rounds=10, pause=60.0) if FULL else Form(sends=6, rounds=2, pause=2.0)


@pytest.fixture(params=range(RUNS), ids=lambda run: f"run{run}")
def seed() -> int:
    """What decides the chances of a scenario, printed for the case that it fails."""
    seed = int(os.environ.get("FAULT_SEED", "0")) or secrets.randbits(32)
    print(f"FAULT_SEED={seed}")  # noqa: T201 - pytest shows it where a test fails
    return seed


@pytest.fixture(scope="session")
async def engine() -> AsyncIterator[Engine]:
    """A PostgreSQL that may be broken."""
    engine = Engine()
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture(scope="session")
async def made_cast(engine: Engine) -> AsyncIterator[Cast]:
    async with aiohttp.ClientSession() as http:
        yield await make_cast(engine, http)


@pytest.fixture
async def scene(engine: Engine, made_cast: Cast, seed: int, tmp_path: Path) -> AsyncIterator[World]:
    """A database with the cast in it, on which no server runs yet."""
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(connector=connector) as http,
        world(engine, made_cast.with_session(http), seed, tmp_path, TEMPLATE) as scene,
    ):
        yield scene
