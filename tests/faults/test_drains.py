"""Servers that are told to stop finish what they do, and send their subscribers to others, who resume there."""

import asyncio

from tests.faults.conftest import Form
from tests.faults.world import World

RESTARTING = 1012


async def test_a_server_drained_under_load_ends_well_and_loses_nothing(scene: World, form: Form) -> None:
    leaving, _ = await scene.serve(2)
    listeners = [await scene.listen("bob", where=lambda: leaving.url), await scene.listen("cat")]
    talking = asyncio.create_task(scene.talk(form.sends))
    await listeners[0].until(lambda: len(listeners[0].stream.heard) > form.sends // 2)
    listeners[0].where = scene.anywhere
    assert await leaving.drain() == 0
    assert listeners[0].closes[0] == RESTARTING
    await talking
    await scene.check()


async def test_a_rolling_restart_under_load_loses_nothing(scene: World, form: Form) -> None:
    servers = await scene.serve(2)
    listeners = [await scene.listen(name) for name in scene.cast.people]
    talking = asyncio.create_task(scene.talk(form.sends))
    for server in servers * (form.rounds // 2):
        assert await server.drain() == 0
        await server.start()
    await talking
    await scene.check()
    closes = {code for listener in listeners for code in listener.closes}
    assert RESTARTING in closes
