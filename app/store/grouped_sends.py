"""Group commit: sends that are asked for at about the same time take one statement and one commit.

PostgreSQL needs a third of the time for a message in a group that it needs for one alone, and this process asks once.
Each has its own outcome: none waits for a lock that another needs, and where one breaks the statement, each goes alone.
Where the database can't be reached, all are told so.
"""

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from app.errors import TryAgainError
from app.store import connections, sends
from app.store.database import Database
from app.store.sends import Attempt, Judgements, Request

logger = logging.getLogger(__name__)

# Messages in one statement.
MOST = 64
# Statements under way at once: while PostgreSQL works on one group, this process reads and answers another.
GROUPS = 2

Answer = asyncio.Future[Attempt | None]
"""None where it has to go alone."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A send that somebody waits for, since a time of the event loop."""

    request: Request
    answer: Answer
    since: float

    def tell(self, attempt: Attempt | None) -> None:
        """Hand out what came of it, if it is still waited for."""
        if not self.answer.done():
            self.answer.set_result(attempt)

    def shed(self, error: TryAgainError) -> None:
        """Give it up."""
        if not self.answer.done():
            self.answer.set_exception(error)


class GroupedSends:
    """Sends what has gathered while earlier groups were under way; one that comes alone goes at once.

    A group goes to its end whatever becomes of those who wait for it.
    """

    def __init__(self, database: Database, judgements: Judgements) -> None:
        self._database = database
        self._judgements = judgements
        self._waiting: list[Waiting] = []
        self._busy: set[UUID] = set()
        """The conversations of the groups under way."""
        self._workers = 0

    async def attempt(self, request: Request) -> Attempt:
        """Send a message, if the facts are some that were judged good; else write nothing.

        Raises:
            TryAgainError: the database can't be reached; whether the message is kept is unknown.
        """
        loop = asyncio.get_running_loop()
        answer: Answer = loop.create_future()
        self._waiting.append(Waiting(request, answer, loop.time()))
        if self._workers < GROUPS:
            self._workers += 1
            self._database.start(self._work())
        if attempt := await answer:
            return attempt
        return await self._database.finish(self._alone(request))

    async def _alone(self, request: Request) -> Attempt:
        """Send one that has to wait for a lock."""
        attempt = await sends.attempt(self._database, request, self._judgements)
        if attempt.sealed:
            self._database.tell(attempt.sealed)
        return attempt

    async def _work(self) -> None:
        try:
            while group := self._next():
                await self._send(group)
        finally:
            self._workers -= 1

    def _next(self) -> dict[UUID, Waiting]:
        """The next group by conversation, of which it has at most one message."""
        group: dict[UUID, Waiting] = {}
        rest = []
        for waiting in self._waiting:
            place = waiting.request.conversation_id
            if place in group or place in self._busy or len(group) >= MOST:
                rest.append(waiting)
            elif not waiting.answer.done():
                group[place] = waiting
        self._waiting = rest
        return group

    async def _send(self, group: dict[UUID, Waiting]) -> None:
        self._busy.update(group)
        requests = [waiting.request for waiting in group.values()]
        attempts: list[Attempt | None] = [None] * len(group)
        try:
            attempts = await sends.attempt_free(self._database, requests, self._judgements)
        except TryAgainError as error:
            self._shed(group, error)
        except Exception:
            logger.exception("a group of sends failed; they go one by one")
        finally:
            self._busy.difference_update(group)
        for waiting, attempt in zip(group.values(), attempts, strict=True):
            waiting.tell(attempt)
        if sealed := [attempt.sealed for attempt in attempts if attempt and attempt.sealed]:
            self._database.tell(*sealed)

    def _shed(self, group: dict[UUID, Waiting], error: TryAgainError) -> None:
        """Give up a group, and who has waited for its turn as long as one may wait for a connection."""
        too_long = asyncio.get_running_loop().time() - connections.ACQUIRE_SECONDS
        late = [waiting for waiting in self._waiting if waiting.since <= too_long]
        for waiting in (*group.values(), *late):
            waiting.shed(error)
