"""Who is shut out is out on every process at its next look into the log, also where no hint arrives."""

import asyncio
from uuid import UUID

import pytest

from app.live import tailer
from app.operating import suspend, unsuspend
from app.services import Services
from app.transport.protocol import CloseCode
from tests.live.processes import another_process
from tests.live.test_inbox import events
from tests.support.graphql_client import GraphQLRequestError
from tests.support.patience import PATIENCE
from tests.support.people import PASSWORD, People, operation


def test_a_process_looks_into_the_log_every_second() -> None:
    assert tailer.POLL_SECONDS <= 1


async def test_the_socket_of_an_ended_session_closes_on_another_process_without_hints(
    people: People, services: Services
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with (
        another_process(services) as other,
        bob.at(other.url).socket() as socket,
        bob.at(other.url).socket() as mute,
    ):
        inbox = await socket.subscribe(operation("live/inbox"))
        await inbox.next()
        async with asyncio.timeout(PATIENCE):
            await bob.client.execute(operation("identity/sign-out"))
            await ann.send_text(conversation_id, "after the sign-out")
            await socket.expect_close(CloseCode.UNAUTHORIZED)
            await mute.expect_close(CloseCode.UNAUTHORIZED)
        heard = [inbox.heard.get_nowait() for _ in range(inbox.heard.qsize())]
    assert "after the sign-out" not in str(heard)


async def test_an_end_is_acted_on_once_for_all_lanes(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    ended: list[UUID] = []
    async with another_process(services) as other:
        other.hub.on_session_ended = ended.append
        await ann.client.execute(operation("identity/sign-out"))
        async with bob.at(other.url).inbox():
            pass
    assert len(ended) == 1


async def test_a_suspended_account_is_shut_out_at_once_everywhere(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with another_process(services) as other, bob.at(other.url).socket() as socket:
        await (await socket.subscribe(operation("live/inbox"))).next()
        async with asyncio.timeout(PATIENCE):
            assert await suspend(services.settings.database_url, bob.handle.upper()) == 1
            await socket.expect_close(CloseCode.UNAUTHORIZED)
    with pytest.raises(GraphQLRequestError) as refusal:
        await bob.send_text(conversation_id, "still here?")
    assert refusal.value.codes == ["UNAUTHENTICATED"]
    content = {"text": {"text": "are you there?"}}
    code = await ann.refused("messages/send-text", conversationId=conversation_id, clientKey="k", content=content)
    assert code == "RECIPIENT_UNAVAILABLE"
    assert await ann.messages(conversation_id) == []


async def test_a_suspended_account_can_sign_in_again_once_it_is_let(people: People, services: Services) -> None:
    bob = await people.join("bob")
    credentials = {"input": {"handle": bob.handle, "password": PASSWORD}}
    await suspend(services.settings.database_url, bob.handle)
    await suspend(services.settings.database_url, bob.handle)
    refused = await people.anyone.execute(operation("identity/sign-in"), credentials)
    assert refused["signIn"]["__typename"] == "WrongCredentialsError"
    await unsuspend(services.settings.database_url, bob.handle)
    signed_in = await people.anyone.execute(operation("identity/sign-in"), credentials)
    assert signed_in["signIn"]["__typename"] == "SignInSuccess"
    with pytest.raises(GraphQLRequestError):
        await bob.ask("people/viewer")


async def test_after_a_block_the_marker_is_all_that_is_heard_without_hints(people: People, services: Services) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with another_process(services) as other, cat.at(other.url).inbox() as inbox:
        await cat.do("people/block-user", userId=bob.id)
        await bob.send_text(group, "from bob")
        await ann.send_text(group, "marker")
        hidden, marker = await events(inbox, 2)
    assert "from bob" not in str(hidden)
    assert marker["message"]["fallbackText"] == "marker"
