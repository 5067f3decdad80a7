"""Hints through Valkey or Redis: a topic is a channel, and has a connection of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.hints.address import Address
from app.hints.hints import Hints
from app.hints.link import Link
from app.hints.pack import new_name

CHANNEL_PREFIX = "backchannel:"


class ValkeyHints(Hints):
    """All processes that name the same server.

    A connection that breaks or hangs is made anew for as long as it takes; meanwhile nothing is heard, and what is
    published is dropped. A topic has a connection of its own, because a cluster spreads channels over its nodes.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._name = new_name()
        self._links: dict[str, Link] = {}
        self._reconnected: list[Callable[[], None]] = []

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator["ValkeyHints"]:
        """Hints through the server at `url`, which need not be up.

        Raises:
            ConfigurationError: that is no URL of a server.
        """
        hints = cls(Address(url))
        try:
            yield hints
        finally:
            await hints.close()

    @property
    def healthy(self) -> bool:
        """Whether every topic is being heard."""
        return all(link.stands for link in self._links.values())

    def publish(self, topic: str, payload: bytes) -> None:
        """Tell the others."""
        self._link(topic).send(payload)

    def listen(self, topic: str, hear: Callable[[bytes], None]) -> None:
        """Hear what others publish."""
        self._link(topic).listeners.append(hear)

    def on_reconnect(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when the connection of a topic is up."""
        self._reconnected.append(tell)

    async def close(self) -> None:
        """Leave; what was not said by now is dropped."""
        for link in self._links.values():
            await link.close()

    def _link(self, topic: str) -> Link:
        if topic not in self._links:
            self._links[topic] = Link(self._address, CHANNEL_PREFIX + topic, self._name, self._reconnected)
        return self._links[topic]
