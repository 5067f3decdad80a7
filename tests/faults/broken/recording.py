"""What the drivers of the broken designs share: a small schema, and recording what they see."""

import asyncio
import time
from typing import Any

from tests.faults.history import Attempt, Heard, Kept, Outcome

TABLES = """
    CREATE TABLE conversations (id text PRIMARY KEY, last_seq bigint NOT NULL DEFAULT 0);
    CREATE TABLE members (conversation text, person text, active boolean NOT NULL, PRIMARY KEY (conversation, person));
    CREATE TABLE messages (
        cursor bigserial, conversation text, seq bigint, sender text, text text, PRIMARY KEY (conversation, seq)
    );
"""
now = time.monotonic


def answered(conversation: str, sender: str, text: str, began: float, seq: int | None) -> Attempt:
    """An attempt that is over now, acknowledged where it has a seq."""
    outcome = Outcome.UNKNOWN if seq is None else Outcome.ACKNOWLEDGED
    return Attempt(conversation, sender, text, text, began, now(), outcome, seq)


def as_heard(row: Any) -> Heard:
    """A row of `messages` as a subscriber got it now."""
    return Heard(row["conversation"], row["seq"], row["text"], now())


async def kept_messages(connection: Any, conversation: str) -> list[Kept]:
    """The final history of a conversation; a row without text is the removal of its sender."""
    rows = await connection.fetch("SELECT * FROM messages WHERE conversation = $1 ORDER BY seq", conversation)
    return [
        Kept(row["seq"], row["sender"], row["text"], left=frozenset() if row["text"] else frozenset({row["sender"]}))
        for row in rows
    ]


async def until_blocked(observer: Any, backend: int) -> None:
    """Wait until a back end waits for another's lock."""
    async with asyncio.timeout(10):
        while not await observer.fetchval("SELECT pg_blocking_pids($1) <> '{}' FROM pg_sleep(0.005)", backend):
            pass
