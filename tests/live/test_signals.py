"""Typing and presence: told at once to whom they concern, on every process, kept nowhere, and in nobody's way."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from app.live import presence, typists
from app.services import Services
from app.store import log
from schema.ids import parse_id
from tests.live.processes import Bus, Process, another_process
from tests.support.graphql_client import GraphQLRequestError, Json, Subscription
from tests.support.patience import PATIENCE
from tests.support.people import People, Person


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(presence, "TICK_SECONDS", 0.05)


@pytest.fixture
async def two(services: Services) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes that hear each other."""
    bus = Bus()
    async with another_process(services, bus.end()) as one, another_process(services, bus.end()) as other:
        yield one, other


async def types(person: Person, conversation_id: str, *, is_typing: bool = True) -> None:
    await person.do("conversations/set-typing", conversationId=conversation_id, isTyping=is_typing)


async def next_event(inbox: Subscription) -> Json:
    return (await inbox.next())["inbox"]  # type: ignore[no-any-return]


async def of_kind(inbox: Subscription, kind: str) -> Json:
    """The next event of a kind."""
    while (event := await next_event(inbox))["__typename"] != kind:
        pass
    return event


async def until(inbox: Subscription, message: Json) -> list[Json]:
    """What is heard before a message."""
    heard = []
    while (event := await next_event(inbox)).get("message", {}).get("id") != message["id"]:
        heard.append(event)
    return heard


async def test_typing_is_told_to_the_other_on_another_process_and_ends_by_itself(
    people: People, two: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typists, "TYPING_SECONDS", 0.2)
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.at(two[1].url).inbox() as inbox:
        await types(ann.at(two[0].url), conversation_id)
        began, ended = [await of_kind(inbox, "TypingChanged") for _ in range(2)]
    assert (began["userId"], began["conversationId"], began["isTyping"]) == (ann.id, conversation_id, True)
    assert (ended["userId"], ended["conversationId"], ended["isTyping"]) == (ann.id, conversation_id, False)


async def test_typing_is_told_to_nobody_but_the_other_active_members(people: People) -> None:
    ann, bob, cat, eve = await people.friends("ann", "bob", "cat", "eve")
    group = await ann.make_group(bob, cat)
    await ann.do("conversations/remove-member", conversationId=group, userId=cat.id)
    async with ann.inbox() as anns, bob.inbox() as bobs, cat.inbox() as cats, eve.inbox() as eves:
        await types(ann, group)
        assert (await of_kind(bobs, "TypingChanged"))["userId"] == ann.id
        for inbox, person in ((anns, ann), (cats, cat), (eves, eve)):
            marker = await bob.send_text(await bob.talk_to(person), "marker")
            assert "TypingChanged" not in [event["__typename"] for event in await until(inbox, marker)]


async def test_typing_is_never_told_across_a_block(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    await cat.do("people/block-user", userId=ann.id)
    async with cat.inbox() as cats, bob.inbox() as bobs:
        await types(ann, group)
        await of_kind(bobs, "TypingChanged")
        marker = await bob.send_text(group, "marker")
        assert "TypingChanged" not in [event["__typename"] for event in await until(cats, marker)]
        assert (await cat.conversation(group) or {})["typingUsers"] == []
        assert [user["handle"] for user in (await bob.conversation(group) or {})["typingUsers"]] == [ann.handle]


async def test_who_may_not_send_may_not_tell_that_they_type(people: People) -> None:
    ann, bob, eve = [await people.join(name) for name in ("ann", "bob", "eve")]
    conversation_id = await ann.talk_to(bob)
    assert await eve.refused("conversations/set-typing", conversationId=conversation_id) == "NOT_FOUND"
    await bob.do("people/block-user", userId=ann.id)
    assert await ann.refused("conversations/set-typing", conversationId=conversation_id) == "RECIPIENT_UNAVAILABLE"
    assert (await bob.conversation(conversation_id) or {})["typingUsers"] == []


async def test_who_was_removed_hears_nothing_of_somebody_who_types_on(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    async with bob.inbox() as inbox:
        await types(ann, group)
        await of_kind(inbox, "TypingChanged")
        await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
        await of_kind(inbox, "MemberLeft")
        await types(ann, group, is_typing=False)
        marker = await ann.send_text(await ann.talk_to(bob), "marker")
        assert "TypingChanged" not in [event["__typename"] for event in await until(inbox, marker)]


async def test_a_word_of_typing_that_was_checked_before_somebody_left_is_passed_over(
    people: People, two: tuple[Process, Process]
) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = await ann.make_group(bob)
    late: list[tuple[str, bytes]] = []
    speaking, hearing = two
    bus_end = speaking.hub._hints
    original = bus_end.publish
    bus_end.publish = lambda topic, payload: late.append((topic, payload))  # type: ignore[method-assign]
    async with bob.at(hearing.url).inbox() as inbox:
        await types(ann.at(speaking.url), group)
        bus_end.publish = original  # type: ignore[method-assign]
        await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
        await of_kind(inbox, "MemberLeft")
        for topic, payload in late:
            original(topic, payload)
        marker = await ann.send_text(await ann.talk_to(bob), "marker")
        assert "TypingChanged" not in [event["__typename"] for event in await until(inbox, marker)]
    assert any(topic == "signals" for topic, _ in late)


async def test_a_message_ends_typing(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as inbox:
        await types(ann, conversation_id)
        assert (await of_kind(inbox, "TypingChanged"))["isTyping"]
        await ann.send_text(conversation_id, "done")
        await of_kind(inbox, "MessageAdded")
        assert (await bob.conversation(conversation_id) or {})["typingUsers"] == []


async def test_saying_it_again_and_again_is_one_event_and_too_many_changes_are_refused(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    monkeypatch.setattr(typists, "TYPING_SECONDS", PATIENCE)
    monkeypatch.setattr(typists, "RENEWAL_SECONDS", PATIENCE)
    monkeypatch.setattr(typists, "REFILL", 0.0)
    async with bob.inbox() as inbox:
        for _ in range(10):
            await types(ann, conversation_id)
        marker = await bob.send_text(conversation_id, "marker")
        told = [event["__typename"] for event in await until(inbox, marker)]
        assert told.count("TypingChanged") == 1

    async def waver() -> None:
        for number in range(20):
            await types(ann, conversation_id, is_typing=number % 2 == 1)

    with pytest.raises(GraphQLRequestError, match="TRY_AGAIN"):
        await waver()


async def test_friends_hear_who_comes_and_goes_on_other_processes(people: People, two: tuple[Process, Process]) -> None:
    ann, bob = await people.friends("ann", "bob")
    async with bob.at(two[1].url).inbox() as inbox:
        async with ann.at(two[0].url).inbox():
            came = await of_kind(inbox, "PresenceChanged")
            assert (await bob.at(two[1].url).ask("people/user", handle=ann.handle))["user"]["isOnline"]
        went = await of_kind(inbox, "PresenceChanged")
        assert not (await bob.at(two[1].url).ask("people/user", handle=ann.handle))["user"]["isOnline"]
    assert (came["userId"], came["isOnline"]) == (ann.id, True)
    assert (went["userId"], went["isOnline"]) == (ann.id, False)


async def test_coming_back_in_time_is_not_told(
    people: People, two: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await people.friends("ann", "bob")
    async with bob.at(two[1].url).inbox() as inbox:
        with monkeypatch.context() as patched:
            patched.setattr(presence, "GRACE_SECONDS", PATIENCE)
            for process in (two[0], two[1], two[0], two[0]):
                async with ann.at(process.url).inbox():
                    pass
        came, went = [await of_kind(inbox, "PresenceChanged") for _ in range(2)]
        marker = await ann.send_text(await ann.talk_to(bob), "marker")
        assert "PresenceChanged" not in [event["__typename"] for event in await until(inbox, marker)]
    assert (came["isOnline"], went["isOnline"]) == (True, False)


async def test_who_hides_it_is_online_for_nobody(people: People, two: tuple[Process, Process]) -> None:
    ann, bob = await people.friends("ann", "bob")

    async def come_to_say(is_online: bool) -> None:
        """Each process hears of it by a hint of its own."""
        for process in two:
            while (await bob.at(process.url).ask("people/user", handle=ann.handle))["user"]["isOnline"] != is_online:
                pass

    async with bob.at(two[1].url).inbox() as inbox, ann.at(two[0].url).inbox():
        assert (await of_kind(inbox, "PresenceChanged"))["isOnline"]
        await ann.do("people/update-settings", showsPresence=False)
        assert not (await of_kind(inbox, "PresenceChanged"))["isOnline"]
        await come_to_say(is_online=False)
        await ann.do("people/update-settings", messagePolicy="FRIENDS")
        async with ann.at(two[1].url).inbox():
            marker = await ann.send_text(await ann.talk_to(bob), "marker")
            assert "PresenceChanged" not in [event["__typename"] for event in await until(inbox, marker)]
        await ann.do("people/update-settings", showsPresence=True)
        assert (await of_kind(inbox, "PresenceChanged"))["isOnline"]
        await come_to_say(is_online=True)


async def test_who_hides_it_comes_and_goes_unheard(people: People, two: tuple[Process, Process]) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    await ann.do("people/update-settings", showsPresence=False)
    async with bob.at(two[1].url).inbox() as inbox:
        async with ann.at(two[0].url).inbox(), cat.at(two[0].url).inbox():
            while (event := await of_kind(inbox, "PresenceChanged"))["userId"] != cat.id:
                assert event["userId"] != ann.id
            assert not two[0].hub.presence.is_online(parse_id(ann.id, "User", "id"))
        while (event := await of_kind(inbox, "PresenceChanged"))["isOnline"] or event["userId"] != cat.id:
            assert event["userId"] != ann.id


async def test_strangers_and_those_behind_a_block_hear_nothing_of_presence(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    eve = await people.join("eve")
    await eve.follow(ann)
    await cat.do("people/block-user", userId=ann.id)
    async with bob.inbox() as bobs, cat.inbox() as cats, eve.inbox() as eves:
        async with ann.inbox():
            while (await of_kind(bobs, "PresenceChanged"))["userId"] != ann.id:
                pass
            assert not (await eve.ask("people/user", handle=ann.handle))["user"]["isOnline"]
        for inbox, person in ((cats, cat), (eves, eve)):
            marker = await bob.send_text(await bob.talk_to(person), "marker")
            heard = await until(inbox, marker)
            assert ann.id not in [event.get("userId") for event in heard]


async def test_people_of_a_process_that_leaves_have_a_moment_to_connect_elsewhere(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GRACE_SECONDS", 3.0)
    monkeypatch.setattr(presence, "RENEW_SECONDS", 0.1)
    ann, bob = await people.friends("ann", "bob")
    bus = Bus()
    async with another_process(services, bus.end()) as staying, bob.at(staying.url).inbox() as inbox:
        async with another_process(services, bus.end()) as leaving, ann.at(leaving.url).inbox():
            assert (await of_kind(inbox, "PresenceChanged"))["isOnline"]
        assert staying.hub.presence.is_online(parse_id(ann.id, "User", "id"))
        assert not (await of_kind(inbox, "PresenceChanged"))["isOnline"]


async def test_signals_leave_no_trace_in_the_log_and_carry_the_last_durable_position(
    people: People, services: Services
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as inbox:
        await ann.send_text(conversation_id, "one")
        added = await of_kind(inbox, "MessageAdded")
        before = await log.heads(services.database, services.hub.cursors.lane_count)
        await types(ann, conversation_id)
        typing = await of_kind(inbox, "TypingChanged")
        assert await log.heads(services.database, services.hub.cursors.lane_count) == before
        message = await ann.send_text(conversation_id, "two")
    assert typing["cursor"] == added["cursor"]
    async with bob.inbox(typing["cursor"]) as resumed:
        assert (await next_event(resumed))["message"]["id"] == message["id"]


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_of_signals_neither_loses_nor_reorders_durable_events(
    people: People, services: Services, seed: int
) -> None:
    chance = random.Random(seed)
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    hub = services.hub
    key = parse_id(conversation_id, "Conversation", "id")
    who, hearers = parse_id(ann.id, "User", "id"), [parse_id(bob.id, "User", "id")]
    async with bob.inbox() as inbox:
        stop = asyncio.Event()

        async def storm() -> None:
            on = True
            while not stop.is_set():
                for _ in range(50):
                    on = not on
                    hub.typists.tell(key, who, hearers, hub.position_of(key), is_typing=on)
                await asyncio.sleep(chance.random() / 1000)

        storming = asyncio.create_task(storm())
        for number in range(30):
            await ann.send_text(conversation_id, f"text {number}")
        stop.set()
        await storming
        heard: list[int] = []
        while len(heard) < 30:
            heard.append((await of_kind(inbox, "MessageAdded"))["message"]["seq"])
    assert heard == list(range(1, 31))
