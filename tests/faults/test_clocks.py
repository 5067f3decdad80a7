"""Servers whose clocks are an hour apart: order comes from the database, and nobody is shut out."""

import asyncio

from tests.faults.conftest import Form
from tests.faults.plan import Plan
from tests.faults.world import World

HOUR = 3_600.0


async def test_servers_whose_clocks_are_an_hour_apart_agree_on_the_order(scene: World, form: Form) -> None:
    await asyncio.gather(scene.serve(1, Plan(clock_shift=HOUR)), scene.serve(1, Plan(clock_shift=-HOUR)))
    for name in ("ann", "bob"):
        await scene.listen(name)
    await scene.listen("dan", scene.cast.other)
    await scene.talk(form.sends)
    await scene.check()


async def test_a_clock_that_jumps_at_a_restart_changes_no_order(scene: World, form: Form) -> None:
    _, jumping = await scene.serve(2)
    await scene.listen("bob")
    for shift in (HOUR, -HOUR) * (form.rounds // 2):
        talking = asyncio.create_task(scene.talk(form.sends // 2))
        await jumping.drain()
        await jumping.start(Plan(clock_shift=shift))
        await talking
    await scene.check()
