"""Servers that die at any point of a send: nothing is lost and nothing happens twice."""

import asyncio
import signal

import pytest

from tests.faults.conftest import Form
from tests.faults.plan import CALM, Plan, Point
from tests.faults.world import World


@pytest.mark.parametrize("point", Point, ids=lambda point: point.name.lower())
async def test_a_server_killed_within_a_send_loses_and_doubles_nothing(scene: World, form: Form, point: Point) -> None:
    await scene.serve(1)
    [mortal] = await scene.serve(1, Plan(point, passage=scene.chance.randint(1, form.sends // 2)))
    await scene.listen("bob")
    await scene.listen("bob", scene.cast.direct)
    talking = asyncio.create_task(scene.talk(form.sends))
    assert await mortal.ended() == -signal.SIGKILL
    await mortal.start(CALM)
    await talking
    await scene.check()
