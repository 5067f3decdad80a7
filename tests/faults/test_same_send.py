"""The same send many times at once, on two processes: one message, and one answer that says it is new."""

import asyncio

from tests.faults.conftest import Form
from tests.faults.history import Outcome
from tests.faults.world import World
from tests.support.patience import PATIENCE

AT_ONCE = 20


async def test_the_same_send_twenty_times_at_once_makes_one_message(scene: World, form: Form) -> None:
    first, second = await scene.serve(2)
    await scene.listen("bob")
    for _ in range(form.rounds):
        key = scene.new_text("ann")
        writers = [scene.writer("ann", lambda url=server.url: url) for server in (first, second)]  # type: ignore[misc]
        tries = (writers[number % 2].attempt(scene.cast.direct, key, seconds=PATIENCE) for number in range(AT_ONCE))
        attempts = await asyncio.gather(*tries)
        assert {attempt.outcome for attempt in attempts} == {Outcome.ACKNOWLEDGED}
        assert sum(not attempt.was_replay for attempt in attempts) == 1
    await scene.check()
