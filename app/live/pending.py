"""Entries of the log that came by hint, until those before them have been applied."""

from app.live.cursor import Positions
from app.live.entry import Entry

# Entries that are kept; beyond that they are dropped, and the log is read.
MOST = 2_000


class Pending:
    """A bounded table of entries by lane and position. Whatever comes twice, late or out of order does no harm."""

    def __init__(self) -> None:
        self._entries: dict[tuple[int, int], Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> bool:
        """Keep an entry; False where there is no room."""
        if len(self._entries) >= MOST:
            return False
        self._entries[entry.lane, entry.pos] = entry
        return True

    def take_next(self, positions: Positions) -> list[Entry]:
        """The entries that follow on these positions without a gap, in the order of each lane."""
        taken = []
        for lane, reached in enumerate(positions):
            pos = reached + 1
            while entry := self._entries.pop((lane, pos), None):
                taken.append(entry)
                pos += 1
        return taken

    def forget(self, positions: Positions) -> None:
        """Drop what stands at or before these positions, or in no lane."""
        self._entries = {
            (lane, pos): entry
            for (lane, pos), entry in self._entries.items()
            if 0 <= lane < len(positions) and pos > positions[lane]
        }

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
