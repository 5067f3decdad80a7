"""A plain sequence as cursor: numbers follow the inserts, visibility follows the commits.

A subscriber that has seen number 2 asks for what is greater. Number 1, whose transaction stalled between taking it and
COMMIT, comes into sight behind the cursor, and nobody ever asks for it.
"""

from typing import Any

from tests.faults.broken.recording import answered, as_heard, kept_messages, now
from tests.faults.history import History, Stream

INSERT = """
    WITH moved AS (UPDATE conversations SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq)
    INSERT INTO messages (conversation, seq, sender, text) SELECT $1, last_seq, $2, $3 FROM moved RETURNING seq
"""
BEHIND = "SELECT * FROM messages WHERE cursor > $1 ORDER BY cursor"


async def run(stalling: Any, other: Any) -> History:
    """Two sends, of which the first stalls before COMMIT, and a subscriber who reads as often as anything commits."""
    await stalling.execute("INSERT INTO conversations (id) VALUES ('work'), ('home')")
    stream, cursor = Stream("cat's", "cat", ("work", "home")), 0
    history = History(streams=[stream])

    async def send(connection: Any, conversation: str, sender: str) -> int:
        return int(await connection.fetchval(INSERT, conversation, sender, f"{sender} says hello"))

    async def read() -> int:
        rows = await other.fetch(BEHIND, cursor)
        stream.heard += map(as_heard, rows)
        return int(rows[-1]["cursor"]) if rows else cursor

    began, stall = now(), stalling.transaction()
    await stall.start()
    first = await send(stalling, "work", "ann")
    second = await send(other, "home", "bob")
    history.attempts.append(answered("home", "bob", "bob says hello", began, second))
    cursor = await read()
    await stall.commit()
    history.attempts.append(answered("work", "ann", "ann says hello", began, first))
    cursor = await read()
    history.kept = {name: await kept_messages(other, name) for name in stream.conversations}
    return history
