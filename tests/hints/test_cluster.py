"""On a cluster, each topic is a shard channel on the node that has its slot."""

import asyncio
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotYetError

from app.embedded.installation import valkey_program
from app.hints.valkey import ValkeyHints
from tests.hints.conftest import Listener, until


def free_ports(count: int) -> list[int]:
    with_ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in with_ports]
    for each in with_ports:
        each.close()
    return ports


@pytest.fixture
async def nodes() -> AsyncIterator[list[str]]:
    """The URLs of two nodes that have half of the slots each."""
    ports = free_ports(4)
    with tempfile.TemporaryDirectory() as folder:
        servers = [
            start_node(Path(folder, str(port)), port, bus) for port, bus in zip(ports[:2], ports[2:], strict=True)
        ]
        try:
            await join(ports)
            yield [f"redis://127.0.0.1:{port}" for port in ports[:2]]
        finally:
            for server in servers:
                server.kill()
                server.wait()


def start_node(folder: Path, port: int, bus: int) -> subprocess.Popen[bytes]:
    folder.mkdir()
    options = {"port": port, "cluster-port": bus, "bind": "127.0.0.1", "cluster-enabled": "yes", "save": ""}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return subprocess.Popen([valkey_program(), *arguments], cwd=folder, stdout=subprocess.DEVNULL)


async def join(ports: list[int]) -> None:
    async with Redis(port=ports[0]) as one, Redis(port=ports[1]) as two:
        for node, first, last in ((one, 0, 8191), (two, 8192, 16383)):
            await until_up(node)
            await node.execute_command("CLUSTER ADDSLOTSRANGE", first, last)  # type: ignore[no-untyped-call]
        await one.execute_command("CLUSTER MEET", "127.0.0.1", ports[1], ports[3])  # type: ignore[no-untyped-call]
        for node in (one, two):
            await until_agreed(node)


async def until_agreed(node: "Redis") -> None:
    """Wait until a node takes part in the cluster, which it tells those only who ask."""
    while (await node.execute_command("CLUSTER INFO"))["cluster_state"] != "ok":  # type: ignore[no-untyped-call]  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def until_up(node: "Redis") -> None:
    """Wait until a node that was started takes commands."""
    while True:
        try:
            await node.ping()
        except NotYetError:
            await asyncio.sleep(0.02)
        else:
            return


async def test_processes_that_know_different_nodes_hear_each_other_on_every_topic(nodes: list[str]) -> None:
    topics = [f"lane-{number}" for number in range(8)]
    async with AsyncExitStack() as stack:
        hints = [await stack.enter_async_context(ValkeyHints.open(url)) for url in nodes]
        listeners = [[Listener(each, topic) for topic in topics] for each in hints]
        for listener in (listener for each in listeners for listener in each):
            await listener.connects()
        await until(lambda: all(each.healthy for each in hints))
        for topic in topics:
            hints[0].publish(topic, topic.encode())
        assert [await listener.next() for listener in listeners[1]] == [topic.encode() for topic in topics]
        ports = {link._moved_to for link in hints[0]._links.values()}
        assert None in ports, "some topics live on the node that it knows"
        assert len(ports) == 2, "and the others on the one that it was sent to"
