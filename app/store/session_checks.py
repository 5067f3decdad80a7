"""Checks that sessions live: those that are asked for at the same time take one statement."""

import asyncio
from uuid import UUID

from app.store import sessions
from app.store.database import Database


class SessionChecks:
    """Asks the database about sessions, one statement at a time.

    What is asked while a statement is under way waits for the next one: a check begins after it was asked for, so that
    it sees every sign-out that was acknowledged before.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: dict[UUID, asyncio.Future[UUID | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def person_of(self, session_id: UUID) -> UUID | None:
        """Whose session it is; None where it has ended, or its person is suspended."""
        answer = self._asked.get(session_id)
        if answer is None:
            answer = self._asked[session_id] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="session-checks")
        return await asyncio.shield(answer)

    async def _ask(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, {}
                await self._answer(asked)
        finally:
            self._asking = None

    async def _answer(self, asked: dict[UUID, asyncio.Future[UUID | None]]) -> None:
        try:
            people = await sessions.people_of(self._database, list(asked))
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            for answer in asked.values():
                answer.set_exception(error)
                answer.exception()  # it counts as seen, also where nobody waits any more
            return
        for session_id, answer in asked.items():
            answer.set_result(people.get(session_id))
