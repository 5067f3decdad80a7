"""The checker catches designs that are known to be broken, each forced into the interleaving that shows it."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.conftest import database_named
from tests.faults.broken import check_in_insert, publish_before_commit, sequence_cursor
from tests.faults.broken.recording import TABLES
from tests.faults.checker import violations

NAME = "broken_variant"


@pytest.fixture
async def connections(engine_database_url: str) -> AsyncIterator[tuple[Any, Any]]:
    """Two connections to a database with the tables of the broken designs."""
    owner = await asyncpg.connect(engine_database_url)
    await owner.execute(f"CREATE DATABASE {NAME}")
    both = [await asyncpg.connect(database_named(engine_database_url, NAME)) for _ in range(2)]
    await both[0].execute(TABLES)
    yield both[0], both[1]
    for connection in both:
        await connection.close()
    await owner.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
    await owner.close()


async def test_a_plain_sequence_as_cursor_is_caught(connections: tuple[Any, Any]) -> None:
    found = violations(await sequence_cursor.run(*connections))
    assert found == ["streams_equal_history: cat's in work never heard [1]"]


async def test_a_membership_check_inside_the_insert_is_caught(connections: tuple[Any, Any]) -> None:
    found = violations(await check_in_insert.run(*connections))
    assert found == ["removals_hold: group keeps 'still here' of bob from after their removal"]


async def test_publishing_before_commit_is_caught(connections: tuple[Any, Any]) -> None:
    found = violations(await publish_before_commit.run(*connections))
    assert found == ["streams_equal_history: bob's in chat heard [1], which was not for them, or never was"]
