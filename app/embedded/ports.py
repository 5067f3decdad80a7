"""The TCP ports of SeaweedFS: of our own choice, and remembered, so that URLs stay valid over a restart."""

import errno
import itertools
import json
import os
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.embedded.errors import EngineError

# Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections, also with
# ADMIN_GRPC_OFFSET on top.
RANGE = range(20_000, 22_700)

# The worker within `weed mini` looks for the admin service's gRPC there, whatever -admin.port.grpc says.
ADMIN_GRPC_OFFSET = 10_000

# All that `weed mini` listens on. None can be left out; -disableHttp, JWT and TLS close what is not S3.
LISTENERS = ("s3", "s3.grpc", "master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "admin")

ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, ""), (socket.AF_INET6, "::"))

# The sockets that it makes beside its gRPC ports, at a place that is fixed in the program.
RENDEZVOUS = Path("/tmp")  # noqa: S108 - not ours to choose; they are made under a umask of 077


class PortBook:
    """Which listener has which port, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def assign(self, s3_port: int | None) -> dict[str, int]:
        """Return a free port for each listener: `s3_port` for S3, else the one it had, else another.

        Raises:
            EngineError: `s3_port` is taken.
        """
        if s3_port is not None and not is_free(s3_port):
            raise EngineError(f"Port {s3_port}, meant for S3, is taken: choose another.")
        before = self._read() | ({"s3": s3_port} if s3_port is not None else {})
        ports: dict[str, int] = {}
        for name in LISTENERS:
            ports[name] = next(port for port in _candidates(before.get(name)) if _suits(name, port, ports))
        ports["admin.grpc"] = ports["admin"] + ADMIN_GRPC_OFFSET
        self._file.write_text(json.dumps(ports, indent=2))
        return ports

    def forget(self) -> None:
        """Choose afresh the next time."""
        self._file.unlink(missing_ok=True)

    def _read(self) -> dict[str, int]:
        with suppress(FileNotFoundError, ValueError):
            return dict(json.loads(self._file.read_text()))
        return {}


def is_free(port: int) -> bool:
    """Whether SeaweedFS can have a port: it wants it on all addresses, though it uses one, and a socket beside it."""
    return all(_binds(family, host, port) for family, host in ADDRESSES) and not any(
        path.lstat().st_uid != os.geteuid() for path in rendezvous_sockets(port)
    )


def rendezvous_sockets(port: int) -> list[Path]:
    """The sockets of a SeaweedFS that uses, or used, a port."""
    return list(RENDEZVOUS.glob(f"seaweedfs-*-{port}.sock"))


def _candidates(before: int | None) -> Iterator[int]:
    return itertools.chain([before] if before else [], random.sample(RANGE, k=len(RANGE)))


def _suits(name: str, port: int, assigned: dict[str, int]) -> bool:
    wanted = [port, port + ADMIN_GRPC_OFFSET] if name == "admin" else [port]
    return all(each not in assigned.values() and is_free(each) for each in wanted)


def _binds(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno not in {errno.EADDRINUSE, errno.EACCES}  # anything else: there is no such address here
    return True
