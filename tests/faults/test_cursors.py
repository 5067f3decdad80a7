"""Subscribing at any cursor, on any process, while others write: exactly what came behind it."""

import asyncio

from tests.faults.conftest import Form
from tests.faults.world import World


async def test_a_subscriber_at_any_cursor_hears_exactly_what_came_behind_it(scene: World, form: Form) -> None:
    await scene.serve(2)
    first = await scene.listen("bob")
    talking = asyncio.create_task(scene.talk(form.sends * 2))
    for number in range(form.rounds * 5):
        await first.until(lambda least=number: len(first.cursors) > least * 2)  # type: ignore[misc]
        cursor, heard = scene.chance.choice(first.cursors)
        after = dict(scene.seqs)
        for each in first.stream.heard[:heard]:
            after[each.conversation] = each.seq
        await scene.listen("bob", cursor=cursor, after=after)
        after_seq = scene.chance.randint(0, after[scene.cast.direct])
        await scene.listen("bob", scene.cast.direct, after={scene.cast.direct: after_seq})
    await talking
    await scene.check()
