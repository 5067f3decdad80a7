"""Servers whose clocks are an hour apart: order comes from the database, and nobody is shut out or too late."""

import asyncio
import signal

import pytest

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


async def test_a_clock_that_jumps_under_a_running_server_changes_no_order_and_closes_nobody(
    scene: World, form: Form
) -> None:
    await asyncio.gather(scene.serve(1, Plan(clock_jump=HOUR)), scene.serve(1, Plan(clock_jump=-HOUR)))
    for name in ("ann", "bob", "cat", "dan"):
        await scene.listen(name)
    for _ in range(form.rounds):
        talking = asyncio.create_task(scene.talk(form.sends // 2))
        for server in scene.servers:
            server.send(signal.SIGUSR1)
        await talking
    await scene.check()
    assert all(" s ahead" in server.log.read_text() for server in scene.servers)


@pytest.mark.parametrize("shift", [HOUR, -HOUR], ids=["ahead", "behind"])
async def test_how_long_ago_something_was_is_told_by_the_clock_of_the_database(scene: World, shift: float) -> None:
    [shifted] = await scene.serve(1, Plan(clock_shift=shift))
    [right] = await scene.serve(1)
    ann = scene.cast.people["ann"]
    here, there = ann.at(shifted.url), ann.at(right.url)
    for one, other in ((here, there), (there, here)):
        message = await one.send_text(scene.cast.direct, "said")
        await other.do("messages/edit-message", messageId=message["id"], text="edited")
        await other.do("messages/unsend-message", messageId=message["id"])
        await one.do("identity/refresh-session", refreshToken=ann.refresh_token)
