"""A membership check inside the statement that inserts.

Under READ COMMITTED a statement sees what was committed when it began. This one waits for the conversation's row while
a removal holds it; then it goes on with the new row, but with the membership of before the removal.
"""

import asyncio
from typing import Any

from tests.faults.broken.recording import answered, kept_messages, now, until_blocked
from tests.faults.history import History, Kept, Removal

INSERT = """
    WITH moved AS (
        UPDATE conversations SET last_seq = last_seq + 1
        WHERE id = $1 AND EXISTS (SELECT FROM members WHERE conversation = $1 AND person = $2 AND active)
        RETURNING last_seq
    )
    INSERT INTO messages (conversation, seq, sender, text) SELECT $1, last_seq, $2, $3 FROM moved RETURNING seq
"""
NOTICE = "INSERT INTO messages (conversation, seq, sender, text) VALUES ('group', 1, 'bob', NULL)"


async def run(removing: Any, sending: Any) -> History:
    """A removal that holds the conversation's row, and a send by the removed that waits for it."""
    await removing.execute("INSERT INTO conversations (id) VALUES ('group')")
    await removing.execute("INSERT INTO members VALUES ('group', 'bob', true)")
    removal = removing.transaction()
    await removal.start()
    await removing.execute("UPDATE conversations SET last_seq = last_seq + 1 WHERE id = 'group'")
    await removing.execute("UPDATE members SET active = false")
    await removing.execute(NOTICE)
    began = now()
    send = asyncio.create_task(sending.fetchval(INSERT, "group", "bob", "still here"))
    await until_blocked(removing, sending.get_server_pid())
    await removal.commit()
    removed = Removal("bob", "group", now())
    attempt = answered("group", "bob", "still here", began, await send)
    notice, *later = await kept_messages(removing, "group")
    joined = Kept(notice.seq, notice.sender, None, joined=frozenset({"ann", "bob"}), left=notice.left)
    return History([attempt], [], [removed], {"group": [joined, *later]})
