"""Who is online: everyone with an inbox open on some process, and for a moment after the last one closed.

Who hides it is told to nobody, other processes included.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.live.signals import PresenceSignal, Stage
from app.store.follows import Friends

logger = logging.getLogger(__name__)

# Seconds for which somebody without an inbox still counts as online: time to reconnect.
GRACE_SECONDS = 10.0
# Seconds between looks at who came and went: together they take one look-up of friends.
TICK_SECONDS = 1.0
# Seconds between a process's words of who is there, and after which its last word counts no more.
RENEW_SECONDS = 30.0
EXPIRE_SECONDS = 75.0
# People looked up or named in one go; the rest follow with the next tick.
AT_ONCE = 500

FindFriends = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Friends]]]
NONE = Friends(sees_presence=False)


class Presence:
    """Tells friends who comes online and who goes, once for all of a person's devices and reconnections."""

    def __init__(self, stage: Stage, find_friends: FindFriends) -> None:
        self._stage = stage
        self._find_friends = find_friends
        self._name = secrets.token_hex(8)
        self._here: set[UUID] = set()
        self._closed: dict[UUID, float] = {}  # who of them has closed their last inbox, and when
        self._elsewhere: dict[UUID, dict[str, float]] = {}  # until when each process's word counts
        self._changed: dict[UUID, bool] = {}  # True: tell the other processes as well
        self._told: set[UUID] = set()  # who is online as far as their friends were told
        self._renew_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="presence")

    async def stop(self) -> None:
        """Leave: who is connected here has a moment to connect elsewhere."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._stage.publish({"leaving": self._name})

    def arrived(self, user_id: UUID) -> None:
        """A person's first inbox was opened here."""
        self._closed.pop(user_id, None)
        if user_id not in self._here:
            self._here.add(user_id)
            self._changed[user_id] = True

    def departed(self, user_id: UUID) -> None:
        """A person's last inbox here was closed."""
        self._closed[user_id] = asyncio.get_running_loop().time()

    def is_online(self, user_id: UUID) -> bool:
        """Whether a person is online as far as their friends were told; who may know is not decided here."""
        return user_id in self._told

    def reconsider(self, user_id: UUID) -> None:
        """A person has changed whether they hide it, or another setting: wherever they are, the log tells of it."""
        if self._is_present(user_id):
            self._changed[user_id] = user_id in self._here

    def _is_present(self, user_id: UUID) -> bool:
        return user_id in self._here or user_id in self._elsewhere

    def hear(self, kind: str, body: Any) -> None:
        """Another process tells who is there, who came or went, or that it leaves."""
        now = asyncio.get_running_loop().time()
        if kind == "present":
            self._hear_present(body[0], [UUID(user_id) for user_id in body[1]], now)
        elif kind == "absent":
            for user_id in map(UUID, body[1]):
                self._drop(user_id, body[0])
                self._changed.setdefault(user_id, False)
        elif kind == "presence":
            for user_id, is_online, friends in body[1]:
                self._hear_change(
                    body[0], UUID(user_id), [UUID(friend) for friend in friends], now, is_online=is_online
                )
        elif kind == "leaving":
            for words in self._elsewhere.values():
                if body in words:
                    words[body] = now + GRACE_SECONDS
            self._renew_at = min(self._renew_at, now + GRACE_SECONDS)

    def _hear_present(self, name: str, user_ids: Sequence[UUID], now: float) -> None:
        for user_id in user_ids:
            self._elsewhere.setdefault(user_id, {})[name] = now + EXPIRE_SECONDS
            self._told.add(user_id)

    def _hear_change(self, name: str, user_id: UUID, friends: Sequence[UUID], now: float, *, is_online: bool) -> None:
        was_online = user_id in self._told
        if is_online:
            self._hear_present(name, [user_id], now)
        else:
            self._drop(user_id, name)
            self._told.discard(user_id)
        if self._is_present(user_id) and not is_online:  # the other did not know: say so again
            self._changed[user_id] = user_id in self._here
        if was_online != is_online:
            self._signal(user_id, friends, is_online=is_online)

    def _drop(self, user_id: UUID, name: str) -> None:
        words = self._elsewhere.get(user_id, {})
        words.pop(name, None)
        if not words:
            self._elsewhere.pop(user_id, None)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                now = asyncio.get_running_loop().time()
                self._expire_here(now)
                await self._tell()
                if now >= self._renew_at:
                    self._renew(now)
            except Exception:
                logger.exception("presence could not be told; trying again")

    def _expire_here(self, now: float) -> None:
        gone = [user_id for user_id, closed_at in self._closed.items() if now - closed_at > GRACE_SECONDS]
        for user_id in gone:
            del self._closed[user_id]
            self._here.discard(user_id)
            self._changed[user_id] = True

    def _renew(self, now: float) -> None:
        """Say again who is here, and forget those of whom others have said nothing for long.

        Who has just come is left out: their friends hear of them by what tells the change, and only once.
        """
        self._renew_at = now + RENEW_SECONDS
        here = list(self._here & self._told)
        for start in range(0, len(here), AT_ONCE):
            self._stage.publish({"present": [self._name, here[start : start + AT_ONCE]]})
        for user_id, words in list(self._elsewhere.items()):
            for name in [name for name, until in words.items() if until <= now]:
                self._drop(user_id, name)
                self._changed.setdefault(user_id, False)

    async def _tell(self) -> None:
        some = [self._changed.popitem() for _ in range(min(AT_ONCE, len(self._changed)))]
        if not some:
            return
        try:
            friends = await self._find_friends([user_id for user_id, _ in some])
        except Exception:
            for user_id, publishes in some:
                self._changed.setdefault(user_id, publishes)
            raise
        self._tell_some(some, friends)

    def _tell_some(self, some: Sequence[tuple[UUID, bool]], friends: Mapping[UUID, Friends]) -> None:
        """Tell who of some people came or went; True with one means that other processes are to know."""
        told: list[tuple[UUID, bool, Sequence[UUID]]] = []
        moved: dict[str, list[UUID]] = {"present": [], "absent": []}
        for user_id, publishes in some:
            own = friends.get(user_id, NONE)
            is_online = own.sees_presence and self._is_present(user_id)
            if (user_id in self._told) != is_online:
                (self._told.add if is_online else self._told.discard)(user_id)
                self._signal(user_id, own.ids, is_online=is_online)
                if publishes:
                    told.append((user_id, is_online, own.ids))
            elif is_online and publishes:  # to or from another process, which has to know that it is not the only one
                moved["present" if user_id in self._here else "absent"].append(user_id)
        for kind, user_ids in moved.items():
            if user_ids:
                self._stage.publish({kind: [self._name, user_ids]})
        if told:
            self._stage.publish({"presence": [self._name, told]})

    def _signal(self, user_id: UUID, friends: Sequence[UUID], *, is_online: bool) -> None:
        signal = PresenceSignal(self._stage.cursor, datetime.now(UTC), user_id, is_online)
        self._stage.signal(friends, signal)
