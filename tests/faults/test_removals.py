"""People who are shut out on one process while they write and listen on another: nothing passes from then on."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace

from tests.faults.client import Writer
from tests.faults.conftest import Form
from tests.faults.history import Outcome
from tests.faults.world import World
from tests.support.patience import PATIENCE


async def keep_sending(scene: World, writer: Writer, name: str, conversation: str) -> None:
    """Send one message after the other until cancelled."""
    while True:
        await writer.send(conversation, scene.new_text(name))


async def test_a_removed_member_sends_and_hears_nothing_on_another_process(scene: World, form: Form) -> None:
    here, there = await scene.serve(2)
    group, dan, ann = scene.cast.groups[0], scene.cast.people["dan"], scene.cast.people["ann"].at(here.url)
    for name in ("bob", "dan"):
        await scene.listen(name, where=lambda: there.url)
    writer = scene.writer("dan", lambda: there.url)
    sending = asyncio.gather(*(keep_sending(scene, writer, "dan", group) for _ in range(3)))
    talking = asyncio.create_task(scene.talk(form.sends, "ann bob"))
    for _ in range(form.rounds * 2):
        await asyncio.sleep(scene.chance.uniform(0, 0.1))
        removing = ann.do("conversations/remove-member", conversationId=group, userId=dan.id)
        removal = await scene.shut_out("dan", group, removing)
        attempt = await writer.attempt(group, scene.new_text("dan"), seconds=PATIENCE)
        assert attempt.outcome is Outcome.REFUSED
        scene.history.removals[-1] = replace(removal, readmitted=time.monotonic())
        await ann.do("conversations/add-members", conversationId=group, userIds=[dan.id])
    await talking
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    await scene.check()


async def test_after_a_block_nothing_passes_on_another_process(scene: World) -> None:
    here, there = await scene.serve(2)
    ann, bob = scene.cast.people["ann"].at(here.url), scene.cast.people["bob"]
    hearing = await scene.listen("ann", scene.cast.direct, where=lambda: there.url)
    writer = scene.writer("bob", lambda: there.url)
    sending = [asyncio.create_task(keep_sending(scene, writer, "bob", scene.cast.direct)) for _ in range(3)]
    assert await hearing.until(lambda: len(hearing.stream.heard) > 3)
    await scene.shut_out("bob", scene.cast.direct, ann.do("people/block-user", userId=bob.id))
    for _ in range(3):
        attempt = await writer.attempt(scene.cast.direct, scene.new_text("bob"), seconds=PATIENCE)
        assert attempt.outcome is Outcome.REFUSED
    for task in sending:
        task.cancel()
    await asyncio.gather(*sending, return_exceptions=True)
    await scene.check()


async def test_after_signing_out_nothing_passes_on_another_process(scene: World, form: Form) -> None:
    here, there = await scene.serve(2)
    cat = scene.cast.people["cat"].at(here.url)
    writer = scene.writer("cat", lambda: there.url)
    inbox = await scene.listen("cat", where=lambda: there.url)
    talking = asyncio.create_task(scene.talk(form.sends, "ann bob"))
    sending = asyncio.create_task(scene.talk(3, "cat"))
    await inbox.until(lambda: bool(inbox.stream.heard))
    await scene.shut_out("cat", None, cat.do("identity/sign-out"))
    attempt = await writer.attempt(scene.cast.other, scene.new_text("cat"), seconds=PATIENCE)
    assert attempt.outcome is Outcome.SHUT_OUT
    assert await inbox.until(lambda: bool(inbox.ended))
    await asyncio.gather(talking, sending)
    await scene.check(ended=[inbox])
