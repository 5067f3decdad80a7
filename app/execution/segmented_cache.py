"""A bounded cache that a flood of values used once cannot empty."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much is kept: entries, and what they were made of, in characters.

    A prepared document of 470 characters was measured at 45 KB, 100 times its text: the default comes to 50 MB.
    """

    entries: int = 1_000
    characters: int = 500_000


class Segment(Generic[V]):
    """A plain LRU bounded by entries and by the sum of their sizes."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self._characters = 0

    def get(self, key: str) -> V | None:
        """The value, which thereby becomes the most recently used."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def add(self, key: str, value: V, size: int) -> None:
        """Keep a value that is not here yet, at the expense of the least recently used; one too large is not kept."""
        if size > self._capacity.characters:
            return
        self._entries[key] = value, size
        self._characters += size
        while len(self._entries) > self._capacity.entries or self._characters > self._capacity.characters:
            _, (_, oldest) = self._entries.popitem(last=False)
            self._characters -= oldest

    def pop(self, key: str) -> int:
        """Forget a key that is here; its size."""
        _, size = self._entries.pop(key)
        self._characters -= size
        return size

    def __len__(self) -> int:
        return len(self._entries)


class SegmentedCache(Generic[V]):
    """A segmented LRU: a value enters among the newcomers (a quarter of the room) and joins the regulars if used again.

    Values that are not worth keeping for long (`lasting=False`, such as failures) never become regulars. So whoever
    sends ever new keys evicts other newcomers only; to evict a regular they need more keys, each used twice, than there
    is room for.
    """

    def __init__(self, capacity: Capacity) -> None:
        newcomers = Capacity(max(1, capacity.entries // 4), capacity.characters // 4)
        regulars = Capacity(capacity.entries - newcomers.entries, capacity.characters - newcomers.characters)
        self._newcomers: Segment[tuple[V, bool]] = Segment(newcomers)
        self._regulars: Segment[V] = Segment(regulars)

    def get(self, key: str) -> V | None:
        """The value, if it is still here."""
        value = self._regulars.get(key)
        if value is not None:
            return value
        newcomer = self._newcomers.get(key)
        if newcomer is None:
            return None
        value, lasting = newcomer
        if lasting:
            self._regulars.add(key, value, self._newcomers.pop(key))
        return value

    def add(self, key: str, value: V, size: int, *, lasting: bool = True) -> None:
        """Keep a value whose key `get` did not find; `size` is in characters."""
        self._newcomers.add(key, (value, lasting), size)

    def __len__(self) -> int:
        return len(self._newcomers) + len(self._regulars)
