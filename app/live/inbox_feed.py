"""A person's inbox, from a cursor on."""

from collections.abc import Sequence
from typing import Any

from app.auth.viewer import Viewer
from app.errors import SnapshotRequiredError
from app.execution.source import Sink
from app.live.cursor import Positions
from app.live.entry import Beat, Entry, Restart
from app.live.hub import Hub
from app.live.joining_feed import REPLAY_LIMIT, JoiningFeed, Wrap
from app.live.signals import Signal
from app.store.events import EventKind


class InboxFeed(JoiningFeed):
    """Everything that a person may hear, behind a cursor; it opens with a beat, which says that the stream stands.

    Where it can't go on it tells so by a `Restart` and is over: there the client learns from where to go on.
    """

    __slots__ = ("_after", "_wrap")

    def __init__(self, hub: Hub, viewer: Viewer, after: str | None, wrap: Wrap) -> None:
        super().__init__(hub, viewer, None)
        self._after = after
        self._wrap = wrap

    def beat(self, beat: Beat) -> None:
        """Pass the beat on, unless the feed is still catching up."""
        if self._held is None:
            self._tell(beat)

    def signal(self, signal: Signal) -> None:
        """Pass on what may as well get lost: only where nothing that may not is waiting."""
        if self._held is None and self._sink and self._sink.idle:
            self._push(self.wrapped(signal, blocked=False))

    def _finish(self, sink: Sink, error: Exception) -> None:
        if not isinstance(error, SnapshotRequiredError):
            sink.finish(error)
            return
        sink.push(self.wrapped(Restart.now(self._hub.tailer.cursor, error.reason), blocked=False))
        sink.finish()

    async def _catch_up(self) -> None:
        hub = self._hub
        life, after = hub.tailer.life, hub.cursors.decode(self._after) if self._after is not None else None
        self._after = None
        if not after:
            await hub.tailer.reach_head()  # what was acknowledged before is not told again
        elif not await hub.tailer.reach(after):
            raise SnapshotRequiredError("This cursor is ahead of the log.")
        if hub.tailer.life is not life:
            raise SnapshotRequiredError("The database was restored or has failed over.")
        positions = hub.tailer.positions
        recent = hub.ring.heard_by(self.viewer_id, after, REPLAY_LIMIT + 1) if after and hub.ring.holds(after) else None
        opening = Beat.now(hub.cursors.encode(after or positions))
        hub.join(self, None)
        await hub.know(self)
        if after and recent is None and after != positions:
            recent = await self._missed(after, positions)
        if recent and len(recent) > REPLAY_LIMIT:
            raise SnapshotRequiredError(f"You are more than {REPLAY_LIMIT} events behind: load the state afresh.")
        self._push(self.wrapped(opening, blocked=False))
        if after and recent:
            await self._replay(recent, after)

    async def _missed(self, after: Positions, until: Positions) -> list[Entry]:
        rows = await self._hub.knowledge.missed(self.viewer_id, after, until, REPLAY_LIMIT + 1)
        if rows is None:
            raise SnapshotRequiredError("This cursor is older than the log: load the state afresh.")
        return [Entry.from_row(row) for row in rows]

    async def _replay(self, entries: Sequence[Entry], after: Positions) -> None:
        await self._hub.knowledge.load_messages(entries)
        reached = list(after)
        for number, entry in enumerate(entries, 1):
            reached[entry.lane] = entry.pos
            entry.cursor = self._hub.cursors.encode(tuple(reached))
            if self.viewer_id in entry.audience:
                self._pass_on(entry)
            await self._breathe(number)

    def _pass_on(self, entry: Entry) -> None:
        if entry.kind is not None and not self._is_hidden(entry):
            self._tell(entry)

    def wrapped(self, told: Entry | Beat | Restart | Signal, *, blocked: bool) -> Any:
        """The inbox's event for what is told."""
        return self._wrap(told, self.viewer_id, blocked=blocked)

    def _is_hidden(self, entry: Entry) -> bool:
        # What somebody behind a block says in a shared group is told without its content, so that no seq is missing;
        # of what else they do nothing is told.
        return entry.kind is not EventKind.MESSAGE_ADDED and self.person.hides(entry.user_id, entry.lane)
