"""A bounded cache that a flood of values used once cannot empty."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much is kept: entries, and the characters of their keys together.

    A prepared document of 470 characters was measured at 45 KB, 100 times its text: the default comes to 50 MB.
    """

    entries: int = 1_000
    characters: int = 500_000


class Segment(Generic[V]):
    """A plain LRU bounded by entries and by the length of the keys."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, V] = OrderedDict()
        self._characters = 0

    def get(self, key: str) -> V | None:
        """The value, which thereby becomes the most recently used."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def add(self, key: str, value: V) -> None:
        """Keep a value that is not here yet, at the expense of the least recently used; too long a key is not kept."""
        if len(key) > self._capacity.characters:
            return
        self._entries[key] = value
        self._characters += len(key)
        while len(self._entries) > self._capacity.entries or self._characters > self._capacity.characters:
            oldest, _ = self._entries.popitem(last=False)
            self._characters -= len(oldest)

    def remove(self, key: str) -> None:
        """Forget a key that is here."""
        del self._entries[key]
        self._characters -= len(key)

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
            self._newcomers.remove(key)
            self._regulars.add(key, value)
        return value

    def add(self, key: str, value: V, *, lasting: bool = True) -> None:
        """Keep a value whose key `get` did not find."""
        self._newcomers.add(key, (value, lasting))

    def __len__(self) -> int:
        return len(self._newcomers) + len(self._regulars)
