"""Group commit: sends that are asked for at about the same time take one statement and one commit.

PostgreSQL needs a third of the time for a message in a group that it needs for one alone, and this process asks once.
Each has its own outcome: none waits for a lock that another needs, and where one breaks the statement, each goes alone.
"""

import asyncio
import logging
from uuid import UUID

from app.errors import TryAgainError
from app.store import sends
from app.store.database import Database
from app.store.sends import Attempt, Judgements, Request

logger = logging.getLogger(__name__)

# Messages in one statement.
MOST = 64
# Statements under way at once: while PostgreSQL works on one group, this process reads and answers another.
GROUPS = 2

Answer = asyncio.Future[Attempt | None]


class GroupedSends:
    """Sends what has gathered while earlier groups were under way; one that comes alone goes at once.

    A group goes to its end whatever becomes of those who wait for it.
    """

    def __init__(self, database: Database, judgements: Judgements) -> None:
        self._database = database
        self._judgements = judgements
        self._waiting: list[tuple[Request, Answer]] = []
        self._busy: set[UUID] = set()
        """The conversations of the groups under way."""
        self._workers = 0

    async def attempt(self, request: Request) -> Attempt:
        """Send a message, if the facts are some that were judged good; else write nothing.

        Raises:
            TryAgainError: the database can't be reached; whether the message is kept is unknown.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._workers < GROUPS:
            self._workers += 1
            self._database.start(self._work())
        attempt = await answer
        return attempt if attempt else await self._database.finish(self._alone(request))

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

    def _next(self) -> dict[UUID, tuple[Request, Answer]]:
        """The next group by conversation, of which it has at most one message."""
        group: dict[UUID, tuple[Request, Answer]] = {}
        rest = []
        for request, answer in self._waiting:
            place = request.conversation_id
            if place in group or place in self._busy or len(group) >= MOST:
                rest.append((request, answer))
            elif not answer.done():
                group[place] = request, answer
        self._waiting = rest
        return group

    async def _send(self, group: dict[UUID, tuple[Request, Answer]]) -> None:
        self._busy.update(group)
        requests, answers = [request for request, _ in group.values()], [answer for _, answer in group.values()]
        try:
            attempts = await sends.attempt_free(self._database, requests, self._judgements)
        except TryAgainError as error:
            for answer in answers:
                if not answer.done():
                    answer.set_exception(error)
        except Exception:
            logger.exception("a group of sends failed; they go one by one")
            _tell(answers, [None] * len(answers))
        else:
            if sealed := [attempt.sealed for attempt in attempts if attempt and attempt.sealed]:
                self._database.tell(*sealed)
            _tell(answers, attempts)
        finally:
            self._busy.difference_update(group)


def _tell(answers: list[Answer], attempts: list[Attempt | None]) -> None:
    for answer, attempt in zip(answers, attempts, strict=True):
        if not answer.done():
            answer.set_result(attempt)
