"""A database that crashes, ends connections at COMMIT, or has none to spare: an error to retry on, and nothing lost."""

import asyncio

from tests.faults.conftest import Form
from tests.faults.history import Outcome
from tests.faults.plan import Plan
from tests.faults.world import World
from tests.support.patience import PATIENCE

OF_OURS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
END_WRITERS = f"""SELECT pg_terminate_backend(pid) {OF_OURS} AND state = 'active'
    AND query ~* 'commit|send_(free_)?messages|insert into messages'"""
LANES = "generate_series(0, (SELECT lane_count FROM log) - 1) AS lanes (lane)"
AT_COMMIT = "FROM pg_locks WHERE locktype = 'advisory' AND classid = 8266 AND NOT granted"

ACQUIRE_SECONDS = 0.5
# Below what a statement may take (`app/store/database.py`), after which connections are free in any case.
SHED_SECONDS = 20.0
POOL = 2


async def test_a_database_that_crashes_under_load_loses_nothing(scene: World, form: Form) -> None:
    await scene.serve(2)
    for name in ("ann", "bob"):
        await scene.listen(name)
    await scene.listen("bob", scene.cast.direct)
    talking = asyncio.create_task(scene.talk(form.sends))
    for _ in range(form.rounds // 2):
        await asyncio.sleep(scene.chance.uniform(0, 0.3))
        await scene.engine.crash()
    await talking
    await scene.check()


async def test_connections_ended_at_commit_lose_and_double_nothing(scene: World) -> None:
    here, there = await scene.serve(2)
    await scene.listen("bob")
    own = await scene.engine.connect(scene.database)
    await own.execute(f"SELECT pg_advisory_lock(8266, lane) FROM {LANES}")
    ann, cat = scene.writer("ann", lambda: here.url), scene.writer("cat", lambda: there.url)
    talking = asyncio.gather(
        ann.send(scene.cast.direct, scene.new_text("ann")), cat.send(scene.cast.other, scene.new_text("cat"))
    )  # one at each server, in a conversation of its own: neither waits for the other
    async with asyncio.timeout(PATIENCE):
        while await own.fetchval(f"SELECT count(*) {AT_COMMIT} AND pg_sleep(0.01) IS NOT NULL") < 2:
            pass
    assert all(row[0] for row in await own.fetch(f"SELECT pg_terminate_backend(pid) {AT_COMMIT}"))
    await own.close()
    await talking
    await scene.check()


async def test_connections_ended_under_load_lose_and_double_nothing(scene: World, form: Form) -> None:
    await scene.serve(2)
    await scene.listen("bob")
    await scene.listen("dan")
    own = await scene.engine.connect(scene.database)
    pause = max(0.2, await scene.calm())  # in which some get through
    talking = asyncio.create_task(scene.talk(form.sends))
    while not talking.done():
        await own.execute(END_WRITERS)
        await asyncio.wait([talking], timeout=scene.chance.uniform(0, pause))
    await own.close()
    await scene.check()


async def test_without_a_free_connection_sends_are_shed_in_time_and_leave_nothing(scene: World) -> None:
    plan = Plan(constants={"app.store.connections.ACQUIRE_SECONDS": ACQUIRE_SECONDS})
    await scene.serve(1, plan, DATABASE_POOL_SIZE=str(POOL))
    own = await scene.engine.connect(scene.database)
    lock = own.transaction()
    await lock.start()
    await own.execute("SELECT FROM conversations FOR UPDATE")
    ann = scene.writer("ann")
    tries = [asyncio.create_task(ann.attempt(scene.cast.direct, f"key {number}", seconds=60)) for number in range(8)]
    waiting = set(tries)
    async with asyncio.timeout(SHED_SECONDS):
        while len(waiting) > POOL:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert {attempt.outcome for attempt in scene.history.attempts} == {Outcome.UNKNOWN}
    await lock.rollback()
    await own.close()
    done = await asyncio.gather(*tries)
    acknowledged = {attempt.text for attempt in done if attempt.outcome is Outcome.ACKNOWLEDGED}
    assert {message.text for message in await scene.read("bob", scene.cast.direct)} == acknowledged
    for number in range(8):
        await ann.send(scene.cast.direct, f"key {number}")
    await scene.check()
