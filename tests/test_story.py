"""The main job from end to end: two people message each other, live, on real engines."""

import aiohttp

from app.services import Services
from tests.rules.cast import add_sticker
from tests.support.people import People, operation
from tests.support.samples import a_clip, a_photo


async def test_two_people_message_each_other(people: People, services: Services, http: aiohttp.ClientSession) -> None:
    ann, bob = await people.friends("ann", "bob")
    conversation_id = await ann.talk_to(bob)
    assert await bob.talk_to(ann) == conversation_id

    photo = await ann.upload(a_photo(), "image/jpeg", alt_text="A red wall")
    clip = await ann.upload(a_clip(), "video/mp4", purpose="VIDEO")
    published = await ann.do("media/publish-video", uploadId=clip["id"], title="Blue", visibility="ONLY_SHARED")
    sticker_id = await add_sticker(services, ann)
    contents = {
        "TextContent": {"text": {"text": "Hello Bob"}},
        "PhotoContent": {"photos": {"uploadIds": [photo["id"]], "caption": "Look"}},
        "SharedVideoContent": {"video": {"videoId": published["video"]["id"]}},
        "SharedProfileContent": {"profile": {"userId": ann.id}},
        "StickerContent": {"sticker": {"stickerId": sticker_id}},
    }

    async with bob.socket() as socket:
        variables = {"conversationId": conversation_id, "afterSeq": 0}
        live = await socket.subscribe(operation("live/message-added"), variables)
        for seq, (kind, content) in enumerate(contents.items(), 1):
            fields = {"conversationId": conversation_id, "clientKey": kind, "content": content}
            sent = (await ann.do("messages/send-text", **fields))["message"]
            heard = (await live.next())["messageAdded"]
            assert (heard["id"], heard["seq"], heard["content"]["__typename"]) == (sent["id"], seq, kind)
            assert heard["sender"]["handle"] == ann.handle
            assert (await bob.unread(conversation_id), await ann.unread(conversation_id)) == (seq, 0)

    messages = await bob.messages(conversation_id)
    assert [message["content"]["__typename"] for message in messages] == list(contents)
    [shown] = messages[1]["content"]["photos"]
    assert shown["altText"] == "A red wall"
    video = messages[2]["content"]["video"]
    assert video["durationSeconds"] == 2.0
    for href in (shown["url"]["href"], video["url"]["href"], video["poster"]["url"]["href"]):
        async with http.get(href) as response:
            assert response.status == 200

    # Back through the pages, two at a time.
    page = await bob.history(conversation_id, last=2)
    seen = [edge["node"]["seq"] for edge in page["edges"]]
    while page["pageInfo"]["hasPreviousPage"]:
        page = await bob.history(conversation_id, last=2, before=page["pageInfo"]["startCursor"])
        seen = [edge["node"]["seq"] for edge in page["edges"]] + seen
    assert seen == [1, 2, 3, 4, 5]

    await bob.do("conversations/mark-read", conversationId=conversation_id, upToSeq=3)
    assert await bob.unread(conversation_id) == 2
    first = messages[0]["id"]
    reply = await bob.send_text(conversation_id, "Hello Ann", replyToId=first)
    assert reply["replyTo"]["id"] == first
    assert (await bob.unread(conversation_id), await ann.unread(conversation_id)) == (0, 1)

    reacted = await ann.do("messages/react", messageId=reply["id"], emoji="❤️")
    assert reacted["message"]["reactions"] == [{"emoji": "❤️", "count": 1, "viewerHasReacted": True}]
    assert await ann.unread(conversation_id) == 1

    unsent = await bob.do("messages/unsend-message", messageId=reply["id"])
    assert unsent["message"]["content"]["__typename"] == "UnsentContent"
    assert await ann.unread(conversation_id) == 0
    last = (await ann.messages(conversation_id))[-1]
    assert (last["id"], last["seq"], last["content"]["__typename"]) == (reply["id"], 6, "UnsentContent")
    assert "Hello Ann" not in str(last)

    again = await bob.send_text(conversation_id, "Hello again")
    assert await ann.unread(conversation_id) == 1
    await ann.do("conversations/mark-read", conversationId=conversation_id)
    assert await ann.unread(conversation_id) == 0
    readers = (await bob.ask("messages/message", id=again["id"]))["node"]["readBy"]["edges"]
    assert [edge["node"]["handle"] for edge in readers] == [ann.handle]
