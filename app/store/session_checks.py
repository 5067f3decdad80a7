"""Checks that sessions live: those that are asked for at the same time take one statement."""

from uuid import UUID

from app.store import sessions
from app.store.database import Database
from app.store.together import Together


class SessionChecks:
    """Asks the database about sessions.

    A check begins after it was asked for, so that it sees every sign-out that was acknowledged before. `patience` is as
    in `Together`.
    """

    def __init__(self, database: Database, *, patience: float = 0.0) -> None:
        self._people = Together[UUID, UUID](lambda ids: sessions.people_of(database, ids), patience=patience)

    async def person_of(self, session_id: UUID) -> UUID | None:
        """Whose session it is; None where it has ended, or its person is suspended."""
        return await self._people.get(session_id)
