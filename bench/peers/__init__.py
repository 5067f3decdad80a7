"""Other GraphQL servers, measured on the same data with the same requests.

A module here that defines `PEER` is one: nothing else has to know of it. A peer serves `bench/queries.py` at
`/graphql`, over HTTP and `graphql-transport-ws`. It need not check anything: the viewer is whom the token names.
"""

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol


class Peer(Protocol):
    """A server that can be started."""

    @property
    def name(self) -> str:
        """For the table."""

    def problem(self) -> str | None:
        """Install what it needs; why it can't run, if it can't."""

    def command(self, port: int, database_url: str) -> list[str]:
        """How to start it on a port of 127.0.0.1."""


def usable_peers() -> list[Peer]:
    """The peers that can run here; why others can't is said on stderr."""
    found = []
    for module in iter_modules(__path__, f"{__name__}."):
        peer: Peer = import_module(module.name).PEER
        problem = peer.problem()
        if problem is None:
            found.append(peer)
        else:
            print(f"Measuring without {peer.name}: {problem}", file=sys.stderr)
    return found
