"""What a process says to the others, and hears from them."""

from abc import ABC, abstractmethod
from collections.abc import Callable


class Hints(ABC):
    """The other processes of this installation, as far as they can be reached."""

    @property
    @abstractmethod
    def healthy(self) -> bool:
        """Whether what others publish is being heard at this moment."""

    @abstractmethod
    def publish(self, topic: str, payload: bytes) -> None:
        """Tell the others. Returns at once and never fails: what can't be said within 100 ms is dropped."""

    @abstractmethod
    def listen(self, topic: str, hear: Callable[[bytes], None]) -> None:
        """Have `hear` called with each payload that another process publishes, in the order of its publishing.

        What this process publishes itself is not heard. Payloads are as trustworthy as the engine that carries them; a
        `hear` that raises is logged and called again for the next one.
        """

    @abstractmethod
    def on_reconnect(self, tell: Callable[[], None]) -> None:
        """Have `tell` called whenever listening begins, for the first time or again: hints may have been missed."""


class LocalHints(Hints):
    """There are no other processes."""

    @property
    def healthy(self) -> bool:
        """Nobody is missed."""
        return True

    def publish(self, topic: str, payload: bytes) -> None:
        """Tell nobody."""

    def listen(self, topic: str, hear: Callable[[bytes], None]) -> None:
        """Hear nothing."""

    def on_reconnect(self, tell: Callable[[], None]) -> None:
        """Never lose the connection."""
