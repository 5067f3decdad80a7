"""Publishing before COMMIT: whoever listens hears a message that the database then does not keep."""

from typing import Any

import asyncpg

from app.store.connections import BROKEN
from tests.faults.broken.recording import answered, as_heard, kept_messages, now
from tests.faults.history import History, Stream

INSERT = """
    WITH moved AS (UPDATE conversations SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq)
    INSERT INTO messages (conversation, seq, sender, text) SELECT $1, last_seq, $2, $3 FROM moved RETURNING *
"""


async def run(killing: Any, sending: Any) -> History:
    """A send whose back end is terminated between the publication and COMMIT."""
    await killing.execute("INSERT INTO conversations (id) VALUES ('chat')")
    stream = Stream("bob's", "bob", ("chat",))
    backend, began, committed = sending.get_server_pid(), now(), None
    try:
        async with sending.transaction():
            row = await sending.fetchrow(INSERT, "chat", "ann", "hello")
            stream.heard.append(as_heard(row))
            await killing.execute("SELECT pg_terminate_backend($1, 10000)", backend)
        committed = row["seq"]
    except (asyncpg.PostgresError, *BROKEN, OSError):
        pass
    attempt = answered("chat", "ann", "hello", began, committed)
    return History([attempt], [stream], [], {"chat": await kept_messages(killing, "chat")})
