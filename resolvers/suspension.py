"""Suspending accounts, on the word of who operates the installation."""

from datetime import UTC, datetime

from app.auth.handles import handle_key, written_handle
from app.errors import NotFoundError
from app.store import sessions, users
from app.store.database import Database, Row, Transaction
from app.store.events import Event, EventKind


async def suspend(database: Database, handle: str) -> int:
    """Shut a person out: how many sessions that ended. From then on they can't sign in, send, or be messaged.

    Raises:
        NotFoundError: nobody has this handle.
    """

    async def work(tx: Transaction) -> int:
        now = datetime.now(UTC)
        row = await _set(tx, handle, now)
        ended = await sessions.end_all(tx, row["id"], now)
        tx.emit(*(Event(EventKind.SESSION_ENDED, None, user_id=row["id"], other_id=session_id) for session_id in ended))
        return len(ended)

    return await database.unit(work)


async def unsuspend(database: Database, handle: str) -> None:
    """Let a person sign in again.

    Raises:
        NotFoundError: nobody has this handle.
    """

    async def work(tx: Transaction) -> None:
        await _set(tx, handle, None)

    await database.unit(work)


async def _set(tx: Transaction, handle: str, suspended_at: datetime | None) -> Row:
    written = written_handle(handle)
    row = await users.suspend(tx, written, handle_key(written), suspended_at) if written else None
    if row is None:
        raise NotFoundError("person")
    return row
