"""Which life of the log a process follows: restoring a backup, or failing over, begins another."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.live.cursor import Cursors, Positions
from app.store import log
from app.store.database import Reader

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Life:
    """A log that goes on: its own random epoch, the database cluster and the timeline that it was written on."""

    epoch: UUID
    system: int | None
    timeline: str | None
    lane_count: int

    def cursors(self, secret: bytes) -> Cursors:
        """The cursors of this life; one of another life is none of them."""
        marks = f"{self.epoch.hex} {self.system} {self.timeline}".encode()
        return Cursors(secret, UUID(bytes=hashlib.blake2b(marks, digest_size=16).digest()), self.lane_count)


@dataclass(frozen=True, slots=True)
class State:
    """The log at one moment: each lane's head, its floor, and when the entry that was asked for was written."""

    life: Life
    heads: Positions
    floors: Positions
    marks: Sequence[datetime | None]

    def continues(self, life: Life, positions: Positions, marks: Sequence[datetime | None]) -> bool:
        """Whether this is the log whose entries at these positions were written then, with all that is behind them."""
        return (
            self.life == life
            and all(head >= position for head, position in zip(self.heads, positions, strict=True))
            and all(floor <= position for floor, position in zip(self.floors, positions, strict=True))
            and all(known is None or known == mark for known, mark in zip(marks, self.marks, strict=True))
        )


class Observatory:
    """Looks at the state of the log, as closely as this database's role is allowed to."""

    def __init__(self) -> None:
        self._sees_cluster = True

    async def look(self, reader: Reader, positions: Sequence[int] = ()) -> State:
        """The state of the log; `marks` are those of the entries at these positions."""
        try:
            row = await log.state(reader, positions, cluster=self._sees_cluster)
        except log.MAY_NOT_ASK as error:
            if not self._sees_cluster:
                raise
            self._sees_cluster = False
            logger.warning(
                "This database does not tell its cluster and timeline (%s): after a failover or a restore, run"
                " `python -m app restored`, so that no cursor of before is continued from.", error
            )  # fmt: skip
            row = await log.state(reader, positions, cluster=False)
        life = Life(row["epoch"], row["system"], row["timeline"], row["lane_count"])
        return State(life, tuple(row["heads"]), tuple(row["floors"]), row["marks"])
