"""A server process that is stopped inside a transaction holds up nobody but whoever waits for the very same rows.

How long those wait is bounded by `idle_in_transaction_session_timeout` (`app/store/database.py`), after which
PostgreSQL ends the transaction. Here it is shortened, so that its end is seen as well.
"""

import asyncio
import signal
import time

import psutil
import pytest

from schema.ids import parse_id
from tests.faults.conftest import FULL, Form
from tests.faults.plan import Plan, Point
from tests.faults.world import World
from tests.support.patience import PATIENCE

IDLE_SECONDS = 10
# Far below what a wait for the stopped process takes, and above what a busy machine makes of a send.
PROMPT_SECONDS = 5.0


async def same_lane(scene: World) -> str:
    """A group whose events go to the lane of the direct conversation."""
    lanes = await scene.lane_count()

    def lane(conversation: str) -> int:
        return parse_id(conversation, "Conversation", "id").bytes[-1] % lanes  # `lane_of` in the migrations

    while True:
        group = await scene.make_group("bob", "cat")
        if lane(group) == lane(scene.cast.direct):
            return group


async def until_stopped(pid: int) -> None:
    """Wait until a process has been stopped."""
    process = psutil.Process(pid)
    async with asyncio.timeout(PATIENCE):
        while process.status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110 - the kernel tells only the parent
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "point", [Point.ASKED, Point.COMMITTED, *([Point.ANSWERED] if FULL else [])], ids=lambda point: point.name.lower()
)
async def test_a_server_stopped_within_a_send_holds_up_no_other_conversation(
    scene: World, form: Form, point: Point
) -> None:
    settings = {"idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s"}
    [stopped] = await scene.serve(1, Plan(point, signal=signal.SIGSTOP, server_settings=settings))
    [other] = await scene.serve(1)
    scene.endpoints[:] = [other.url]
    victim, neighbour = scene.cast.direct, await same_lane(scene)
    await scene.listen("bob")
    scene.endpoints[:] = [stopped.url]
    stuck = asyncio.create_task(scene.writer("ann").send(victim, "from the stopped server"))
    await until_stopped(stopped.pid)
    scene.endpoints[:] = [other.url]
    for number in range(form.sends):
        for conversation in (neighbour, *scene.cast.groups):
            began = time.monotonic()
            await scene.writer("bob").send(conversation, f"{number} in {conversation}")
            assert time.monotonic() - began < PROMPT_SECONDS
    await stuck
    stopped.send(signal.SIGCONT)
    scene.endpoints[:] = [stopped.url, other.url]
    await scene.talk(form.sends, "ann")
    await scene.check()
