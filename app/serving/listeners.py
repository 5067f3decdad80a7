"""The sockets that several processes serve one port by.

On Linux each process has a socket of its own (SO_REUSEPORT), among which the kernel spreads connections evenly. Only
there: elsewhere the last one gets them all, so all processes share one. In both cases whoever starts the processes
makes the sockets and keeps them open: a connection that waits in the queue of a process that dies or restarts is
taken by its successor instead of being reset.
"""

import socket
import sys
from typing import Any

from app.errors import ConfigurationError

# Connections that the kernel holds for a process while it is busy, as in a storm of clients that reconnect.
BACKLOG = 1_024

SPREADS = sys.platform == "linux"


def bind_all(host: str, port: int, processes: int) -> list[list[socket.socket]]:
    """For each process the sockets to listen on, one for each address of the host. They are bound and do not listen.

    Raises:
        ConfigurationError: the port is taken, or the host is none of ours.
    """
    try:
        return _bind_all(host, port, processes)
    except OSError as error:
        raise port_error(host, port, error) from error


def port_error(host: str, port: int, error: OSError) -> ConfigurationError:
    """What to say where a port can't be listened on."""
    return ConfigurationError(f"Port {port} of {host} can't be used ({error.strerror}). Choose another: PORT=9000.")


def _bind_all(host: str, port: int, processes: int) -> list[list[socket.socket]]:
    infos = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    addresses = [(info[0], info[4]) for info in dict.fromkeys(infos)]
    for family, address in addresses:
        _bind(family, address, shared=False).close()  # a port that others share as well would seem to be free
    if not SPREADS:
        sockets = [_bind(family, address, shared=False) for family, address in addresses]
        return [sockets] * processes
    return [[_bind(family, address, shared=True) for family, address in addresses] for _ in range(processes)]


def _bind(family: socket.AddressFamily, address: tuple[Any, ...], *, shared: bool) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
