"""Whoever shares an execution gets exactly what one of their own would give, whatever they ask and whoever they are."""

import random

import pytest
from aiohttp.test_utils import TestServer

from app.services import Services
from tests.live.both_ways import Device, devices, random_document, settle, unshared_server
from tests.rules.cast import add_sticker
from tests.support.people import People, Person, operation
from tests.support.samples import a_clip, a_photo


async def _documents(watching: list[Device], chance: random.Random, group: str, direct: str) -> None:
    """The same documents for everyone, with variables of a few values."""
    chosen = [random_document(chance) for _ in range(8)]
    chosen.append((operation("live/inbox"), False))
    for device in watching:
        for query, one in chosen:
            values = {"id": chance.choice([group, direct]) if one else None, "n": chance.choice([1, 5]),
                      "deep": chance.random() < 0.5}  # fmt: skip
            await device.subscribe(query, {name: value for name, value in values.items() if f"${name}" in query})


@pytest.mark.parametrize("seed", range(4))
async def test_every_kind_of_event_looks_as_if_each_had_executed_it_alone(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    ann, bob, cat, dan = await people.friends("ann", "bob", "cat", "dan")
    group, direct = await ann.make_group(bob, cat, dan), await ann.talk_to(bob)
    await cat.do("people/block-user", userId=dan.id)
    photo = await ann.upload(a_photo(), "image/jpeg")
    await ann.do("people/update-profile", avatarUploadId=photo["id"])
    clip = await ann.upload(a_clip(), "video/mp4", purpose="VIDEO")
    video = (await ann.do("media/publish-video", uploadId=clip["id"], title="Clip", visibility="FRIENDS"))["video"]
    sticker = await add_sticker(services, ann)
    said = await dan.send_text(group, "before")

    async with (
        unshared_server(services, monkeypatch) as alone,
        devices(ann, bob, bob, cat, dan, servers=(server, alone)) as watching,
    ):
        await _documents(watching, chance, group, direct)
        for device in watching:
            await device.forget()
        await settle(services, server, alone)
        for device in watching:
            await device.forget()

        async def told(least: int = 1) -> None:
            await settle(services, server, alone)
            assert sum([await device.compare() for device in watching]) >= least

        async def everyone_says(conversation_id: str, *others: Person) -> None:
            for person in others:
                await person.send_text(conversation_id, f"by {person.handle}")
                await told()

        await everyone_says(group, ann, bob, cat, dan)
        await everyone_says(direct, ann, bob)
        reply = await bob.send_text(group, "reply", replyToId=said["id"])
        await told()
        for person in (ann, cat, dan):
            await person.do("messages/react", messageId=reply["id"], emoji=chance.choice("👍❤"))
            await told()
        await cat.do("messages/unreact", messageId=reply["id"])
        await told()
        await bob.do("messages/edit-message", messageId=reply["id"], text="edited")
        await told()
        await ann.send(group, {"photos": {"uploadIds": [photo["id"]]}})
        await told()
        for profile in (bob, dan):
            await ann.send(group, {"profile": {"userId": profile.id}})
            await told()
        await ann.send(group, {"sticker": {"stickerId": sticker}})
        await told()
        await dan.do("people/unfollow-user", userId=ann.id)
        await ann.send(group, {"video": {"videoId": video["id"]}})
        await told()
        await bob.do("conversations/mark-read", conversationId=group)
        await told()
        await bob.do("conversations/mute-conversation", conversationId=group, until="2040-01-01T00:00:00Z")
        await told()
        await ann.do("conversations/update-group", conversationId=group, title=f"Title {seed}")
        await told()
        await ann.do("conversations/set-member-role", conversationId=group, userId=bob.id, role="ADMIN")
        await told()
        await bob.do("messages/unsend-message", messageId=reply["id"])
        await told()
        await bob.do("people/block-user", userId=ann.id)
        await everyone_says(group, ann, bob, cat)
        await ann.do("messages/react", messageId=said["id"], emoji="👍")
        await told()
        await cat.do("people/unblock-user", userId=dan.id)
        await everyone_says(group, dan, cat)
        await ann.do("conversations/remove-member", conversationId=group, userId=dan.id)
        await told()
        await everyone_says(group, cat, ann)
        await dan.follow(ann)
        await ann.do("conversations/add-members", conversationId=group, userIds=[dan.id])
        await told()
        await everyone_says(group, ann, dan)
        await cat.client.execute(operation("identity/sign-out"))
        await everyone_says(group, ann)
