"""The statements of every operation of the playground, BEGIN and COMMIT among them."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.services import Services
from tests.live.test_budgets import Spent, spent
from tests.rules.cast import add_sticker
from tests.support.people import OPERATIONS, PASSWORD, People, operation
from tests.support.samples import a_clip, a_photo

__all__ = ["spent"]

# One more or less is a change that somebody should have meant.
BUDGETS = {
    "about/policy": 1,
    "about/nodes": 6,
    "identity/sign-up": 8,
    "identity/sign-in": 6,
    "identity/refresh-session": 7,
    "identity/sessions": 2,
    "people/viewer": 4,
    "people/user": 5,
    "people/search-users": 3,
    "people/followers": 3,
    "people/following": 3,
    "people/friends": 3,
    "people/unfollow-user": 9,
    "people/follow-user": 9,
    "people/update-profile": 7,
    "people/update-settings": 6,
    "people/blocked-users": 2,
    "people/report": 8,
    "conversations/conversations": 3,
    "conversations/conversation": 6,
    "conversations/history": 4,
    "conversations/start-conversation": 11,
    "conversations/create-group": 15,
    "conversations/add-members": 17,
    "conversations/set-member-role": 11,
    "conversations/update-group": 12,
    "conversations/remove-member": 13,
    "conversations/mark-read": 10,
    "conversations/mute-conversation": 10,
    "conversations/set-typing": 2,
    "messages/send-text": 1,
    "messages/send-photos": 3,
    "messages/send-profile": 3,
    "messages/send-sticker": 4,
    "messages/reply": 3,
    "messages/send-to-person": 3,
    "messages/react": 12,
    "messages/unreact": 12,
    "messages/edit-message": 13,
    "messages/message": 4,
    "messages/unsend-message": 12,
    "media/create-upload": 5,
    "media/complete-upload": 10,
    "media/sticker-packs": 4,
    "media/publish-video": 7,
    "messages/send-video": 5,
    "media/videos": 5,
    "media/delete-video": 5,
    "conversations/leave-group": 9,
    "people/block-user": 10,
    "people/unblock-user": 9,
    "identity/sign-out": 6,
}


async def test_every_operation_keeps_its_budget(people: People, services: Services, spent: Spent) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    direct = await ann.talk_to(bob)
    first = await ann.send_text(direct, "hello")
    for policy in ("FRIENDS", "EVERYONE"):  # so that a process that has just started knows what the rules say of them
        await ann.do("people/update-settings", messagePolicy=policy)
        await ann.send_text(direct, policy)
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]["id"]
    photo = await ann.upload(a_photo(), "image/jpeg")
    clip = await ann.upload(a_clip(), "video/mp4", purpose="VIDEO")
    waiting = await ann.reserve(a_photo("green"), "image/jpeg")
    await ann.post_form(waiting["form"], a_photo("green"))
    sticker = await add_sticker(services, ann)
    counts: dict[str, int] = {}

    async def count(name: str, work: Awaitable[Any]) -> Any:
        result: Any = None

        async def keep() -> None:
            nonlocal result
            result = await work

        counts[name] = await spent(keep())
        return result

    def send(kind: str, **content: Any) -> Callable[[], Awaitable[Any]]:
        fields = {"conversationId": direct, "clientKey": kind, "content": content}
        return lambda: ann.do(f"messages/{kind}", **fields)

    steps: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
        ("about/policy", lambda: ann.ask("about/policy")),
        (
            "about/nodes",
            lambda: ann.ask("about/nodes", ids=[direct, first["id"], bob.id, sticker, waiting["upload"]["id"]]),
        ),
        ("identity/sign-up", lambda: people.join("dee")),
        (
            "identity/sign-in",
            lambda: people.anyone.execute(
                operation("identity/sign-in"), {"input": {"handle": ann.handle, "password": PASSWORD}}
            ),
        ),
        (
            "identity/refresh-session",
            lambda: people.anyone.execute(
                operation("identity/refresh-session"), {"input": {"refreshToken": ann.refresh_token}}
            ),
        ),
        ("identity/sessions", lambda: ann.ask("identity/sessions")),
        ("people/viewer", lambda: ann.ask("people/viewer")),
        ("people/user", lambda: ann.ask("people/user", handle=bob.handle)),
        ("people/search-users", lambda: ann.ask("people/search-users", text="b")),
        ("people/followers", lambda: ann.ask("people/followers", handle=bob.handle)),
        ("people/following", lambda: ann.ask("people/following", handle=bob.handle)),
        ("people/friends", lambda: ann.ask("people/friends", handle=bob.handle)),
        ("people/unfollow-user", lambda: ann.do("people/unfollow-user", userId=bob.id)),
        ("people/follow-user", lambda: ann.do("people/follow-user", userId=bob.id)),
        ("people/update-profile", lambda: ann.do("people/update-profile", displayName="Ann A")),
        ("people/update-settings", lambda: ann.do("people/update-settings", messagePolicy="FRIENDS")),
        ("people/blocked-users", lambda: ann.ask("people/blocked-users")),
        ("people/report", lambda: ann.do("people/report", subject={"messageId": first["id"]}, category="SPAM")),
        ("conversations/conversations", lambda: ann.ask("conversations/conversations")),
        ("conversations/conversation", lambda: ann.ask("conversations/conversation", id=direct)),
        ("conversations/history", lambda: ann.ask("conversations/history", id=direct, last=20)),
        ("conversations/start-conversation", lambda: ann.do("conversations/start-conversation", userId=cat.id)),
        (
            "conversations/create-group",
            lambda: ann.do("conversations/create-group", title="All", memberIds=[bob.id, cat.id]),
        ),
        (
            "conversations/add-members",
            lambda: ann.do("conversations/add-members", conversationId=group, userIds=[cat.id]),
        ),
        (
            "conversations/set-member-role",
            lambda: ann.do("conversations/set-member-role", conversationId=group, userId=cat.id, role="ADMIN"),
        ),
        (
            "conversations/update-group",
            lambda: ann.do("conversations/update-group", conversationId=group, title="Three"),
        ),
        (
            "conversations/remove-member",
            lambda: ann.do("conversations/remove-member", conversationId=group, userId=cat.id),
        ),
        ("conversations/mark-read", lambda: bob.do("conversations/mark-read", conversationId=direct)),
        ("conversations/mute-conversation", lambda: ann.do("conversations/mute-conversation", conversationId=direct)),
        ("conversations/set-typing", lambda: ann.do("conversations/set-typing", conversationId=direct)),
        ("messages/send-text", send("send-text", text={"text": "hi"})),
        ("messages/send-photos", send("send-photos", photos={"uploadIds": [photo["id"]]})),
        ("messages/send-profile", send("send-profile", profile={"userId": cat.id})),
        ("messages/send-sticker", send("send-sticker", sticker={"stickerId": sticker})),
        (
            "messages/reply",
            lambda: ann.do(
                "messages/reply",
                conversationId=direct,
                clientKey="r",
                replyToId=first["id"],
                content={"text": {"text": "re"}},
            ),
        ),
        (
            "messages/send-to-person",
            lambda: ann.do(
                "messages/send-to-person", recipientId=cat.id, clientKey="p", content={"text": {"text": "hey"}}
            ),
        ),
        ("messages/react", lambda: bob.do("messages/react", messageId=first["id"], emoji="👍")),
        ("messages/unreact", lambda: bob.do("messages/unreact", messageId=first["id"])),
        ("messages/edit-message", lambda: ann.do("messages/edit-message", messageId=first["id"], text="hello!")),
        ("messages/message", lambda: ann.ask("messages/message", id=first["id"])),
        ("messages/unsend-message", lambda: ann.do("messages/unsend-message", messageId=first["id"])),
        ("media/create-upload", lambda: ann.reserve(a_photo("blue"), "image/jpeg")),
        ("media/complete-upload", lambda: ann.do("media/complete-upload", uploadId=waiting["upload"]["id"])),
        ("media/sticker-packs", lambda: ann.ask("media/sticker-packs")),
    ]
    for name, work in steps:
        await count(name, work())
    video = await count("media/publish-video", ann.do("media/publish-video", uploadId=clip["id"], title="Clip"))
    shared = {"video": {"videoId": video["video"]["id"]}}
    await count(
        "messages/send-video", ann.do("messages/send-video", conversationId=direct, clientKey="v", content=shared)
    )
    await count("media/videos", ann.ask("media/videos", handle=ann.handle))
    await count("media/delete-video", ann.do("media/delete-video", videoId=video["video"]["id"]))
    await count("conversations/leave-group", bob.do("conversations/leave-group", conversationId=group))
    await count("people/block-user", ann.do("people/block-user", userId=cat.id))
    await count("people/unblock-user", ann.do("people/unblock-user", userId=cat.id))
    await count("identity/sign-out", cat.client.execute(operation("identity/sign-out")))
    known = {path.relative_to(OPERATIONS).with_suffix("").as_posix() for path in OPERATIONS.rglob("*.graphql")}
    assert known - set(counts) == {"live/inbox", "live/message-added"}
    assert counts == BUDGETS
