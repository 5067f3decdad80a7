"""A restored backup: who holds a cursor of what is gone is told to load the state afresh, and is never told a part."""

from collections.abc import Awaitable, Callable

import pytest

from app.operating import begin_new_life
from tests.faults.client import Subscriber
from tests.faults.conftest import Form
from tests.faults.world import World

Step = Callable[[str], Awaitable[None]]


async def lose_what_came_after_a_backup(scene: World, form: Form, step: Step | None = None) -> str:
    """Back up, go on, and restore; what was said since is gone. A cursor that bob holds from before the restore."""
    await scene.serve(1)
    await scene.talk(form.sends)
    backed_up = list(scene.history.attempts)
    await scene.kill_servers()
    backup = await scene.engine.create(template=scene.database)
    await scene.restart_servers()
    bob = await scene.listen("bob")
    await scene.talk(form.sends)
    await bob.until(lambda: len(bob.stream.heard) > form.sends)
    await bob.stop()
    await scene.kill_servers()
    await scene.engine.drop(scene.database)
    await scene.engine.execute(f"ALTER DATABASE {backup} RENAME TO {scene.database}")
    if step:
        await step(scene.engine.url(scene.database))
    await scene.restart_servers()
    scene.go_back_to(backed_up)
    assert bob.cursor
    return bob.cursor


async def is_told_to_load_afresh(scene: World, cursor: str) -> Subscriber:
    """Somebody who resumes at a cursor is told that, before anything else."""
    resuming = await scene.listen("bob", cursor=cursor)
    assert await resuming.until(lambda: bool(resuming.ended))
    assert resuming.ended == "SNAPSHOT_REQUIRED"
    assert resuming.stream.heard == []
    return resuming


@pytest.mark.parametrize("regrown", [False, True])
async def test_after_the_documented_step_cursors_of_before_are_refused(
    scene: World, form: Form, *, regrown: bool
) -> None:
    cursor = await lose_what_came_after_a_backup(scene, form, begin_new_life)
    if regrown:
        await scene.talk(form.sends * 2)
    resuming = await is_told_to_load_afresh(scene, cursor)
    assert resuming.cursor
    await scene.listen("bob", cursor=resuming.cursor, after=await scene.last_seqs())
    await scene.talk(form.sends)
    await scene.check(ended=[resuming])


async def test_without_the_step_a_cursor_ahead_of_the_log_is_refused(scene: World, form: Form) -> None:
    cursor = await lose_what_came_after_a_backup(scene, form)
    await is_told_to_load_afresh(scene, cursor)
