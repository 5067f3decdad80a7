"""Where the server is, and how to connect to it."""

from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, parse_url

from app.errors import ConfigurationError

# RESP3, so that one connection both publishes and listens. No time limits of the client's own: some of them lose a
# cancellation that comes as they end (asyncio.wait_for, until Python 3.12).
OURS: dict[str, Any] = {
    "protocol": 3,
    "client_name": "backchannel",
    "driver_info": None,
    "socket_timeout": None,
    "socket_connect_timeout": None,
}


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
        options = {**self._options, **OURS}
        if moved_to:
            host, options["port"] = moved_to
            options |= {"host": host} if host else {}  # none: the same as before
        return self._kind(**options)
