"""Where the server is, and how to connect to it."""

from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, parse_url

from app.errors import ConfigurationError

# For each step of connecting: a server that hangs still takes connections, and never answers on them.
CONNECT_SECONDS = 2.0

# RESP3, so that one connection both publishes and listens.
PROTOCOL = 3


class Address:
    """What REDIS_URL says: redis://, rediss:// (TLS) or unix://, with what redis-py takes as parameters."""

    def __init__(self, url: str) -> None:
        try:
            options: dict[str, Any] = dict(parse_url(url))
        except ValueError as error:
            raise ConfigurationError(f"REDIS_URL is wrong: {error}") from None
        self._kind: type[AbstractConnection] = options.pop("connection_class", Connection)
        self._options = options

    def connection(self, moved_to: tuple[str, int] | None = None) -> AbstractConnection:
        """A connection that is not open yet, to the address or to where a node of its cluster sent us."""
        options = {"socket_timeout": CONNECT_SECONDS, "socket_connect_timeout": CONNECT_SECONDS, **self._options}
        if moved_to:
            options["host"], options["port"] = moved_to
        return self._kind(**options, protocol=PROTOCOL, client_name="backchannel", driver_info=None)
