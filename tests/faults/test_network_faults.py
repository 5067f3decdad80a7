"""A network that loses replies, reorders what passes, falls silent, or leads to somebody who does not read."""

import asyncio
import functools

from app.transport.outbox import Bounds
from app.transport.socket_service import SocketSettings
from tests.faults.conftest import FULL, Form
from tests.faults.plan import Plan
from tests.faults.world import World
from tests.support.patience import PATIENCE

TOO_SLOW = 1013
LONG_TEXT = 5_000
"""Characters."""


async def test_replies_dropped_and_reordered_lose_and_double_nothing(scene: World, form: Form) -> None:
    for server in await scene.serve(2):
        proxy = await scene.proxy(server)
        proxy.drop_replies, proxy.delay = 0.15, 0.05
    listeners = [await scene.listen(name) for name in scene.cast.people]
    await scene.listen("ann", scene.cast.direct)
    await scene.talk(form.sends)
    await scene.check()
    assert sum(listener.stream.reconnects for listener in listeners) > 0


async def test_connections_that_are_cut_lose_and_double_nothing(scene: World, form: Form) -> None:
    proxies = [await scene.proxy(server) for server in await scene.serve(2)]
    for name in ("ann", "bob"):
        await scene.listen(name)
    pause = max(0.2, await scene.calm())  # in which some get through
    talking = asyncio.create_task(scene.talk(form.sends))
    while not talking.done():
        scene.chance.choice(proxies).cut()
        await asyncio.wait([talking], timeout=scene.chance.uniform(0, pause))
    await scene.check()


async def test_a_consumer_that_does_not_read_is_closed_and_resumes(scene: World) -> None:
    bounds = Bounds() if FULL else Bounds(frames=20)
    settings = functools.partial(SocketSettings, bounds=bounds, close_seconds=30.0)
    [server, _] = await scene.serve(2, Plan(constants={"app.server.SocketSettings": settings}))
    proxy = await scene.proxy(server)
    slow = await scene.listen("bob", where=lambda: proxy.url, weight=60)
    proxy.reading.clear()
    direct, other = scene.cast.direct, scene.endpoints[1]
    ann = scene.writer("ann", lambda: other)
    for _ in range(bounds.frames + 40):
        key = scene.new_text("ann")
        await ann.send(direct, key, key + "." * LONG_TEXT)
    proxy.reading.set()
    await slow.until(lambda: bool(slow.closes))
    assert slow.closes[:1] == [TOO_SLOW]
    await scene.check()


async def test_a_peer_that_fell_silent_is_noticed_and_closed(scene: World, form: Form) -> None:
    [server, _] = await scene.serve(2, Plan(constants={"app.server.HEARTBEAT_SECONDS": 1.0}))
    proxy = await scene.proxy(server)
    other = scene.endpoints[1]
    half_open = await scene.listen("bob", where=lambda: proxy.url, silence=2.0)
    proxy.swallowing = True
    await scene.talk(form.sends, "ann", where=lambda: other)
    async with asyncio.timeout(PATIENCE):
        await proxy.hung_up.wait()
    proxy.swallowing = False
    await scene.check()
    assert half_open.stream.reconnects > 0
