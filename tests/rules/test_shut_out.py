"""Who is shut out, because their session has ended or their account is suspended, can change nothing."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from app.auth.viewer import Viewer
from app.errors import UnauthenticatedError
from app.execution.documents import Documents, core_schema
from app.services import Services
from app.store import messages
from app.store.session_checks import SessionChecks
from resolvers import conversations, sends
from resolvers import people as profiles
from resolvers.content import Content
from resolvers.policy import MessageKind
from resolvers.sends import Outgoing
from schema.schema import schema
from tests.rules.cast import Cast, mutations
from tests.rules.conftest import Unchanged
from tests.rules.records import key_of
from tests.rules.test_sessions import VIEWER, sign_in_again
from tests.support.graphql_client import GraphQLClient
from tests.support.people import People, operation


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


@pytest.fixture(scope="module")
async def ended(cast: Cast, anyone: GraphQLClient) -> GraphQLClient:
    """A client that still sends the token of a session that has ended."""
    gone = await sign_in_again(anyone, cast.ann)
    await gone.client.execute(operation("identity/sign-out"))
    return gone.client


@pytest.fixture(params=["session ended", "account suspended"])
async def shut_out(
    request: pytest.FixtureRequest, cast: Cast, ended: GraphQLClient, services: Services
) -> AsyncIterator[GraphQLClient]:
    """A client of ann's that may do nothing any more."""
    if request.param == "session ended":
        yield ended
        return
    await services.database.rows("UPDATE users SET suspended_at = now() WHERE id = $1", key_of(cast.ann.id))
    yield cast.ann.client
    await services.database.rows("UPDATE users SET suspended_at = NULL WHERE id = $1", key_of(cast.ann.id))


def fields_of(name: str) -> set[str]:
    """The root fields of one of the playground's operations."""
    [definition] = [each for each in parse(operation(name)).definitions if isinstance(each, OperationDefinitionNode)]
    return {node.name.value for node in definition.selection_set.selections if isinstance(node, FieldNode)}


def test_these_tests_go_through_every_mutation_of_the_contract() -> None:
    mutation_type = core_schema(schema).mutation_type
    assert mutation_type
    assert set().union(*map(fields_of, mutations())) == mutation_type.fields.keys()


@pytest.mark.parametrize("name", mutations())
async def test_who_is_shut_out_can_change_nothing(
    cast: Cast, shut_out: GraphQLClient, unchanged: Unchanged, name: str
) -> None:
    async with unchanged():
        reply = await shut_out.raw(operation(name), cast.variables(name))
        assert (reply.status, reply.codes, reply.body.get("data")) == (401, ["UNAUTHENTICATED"], None)


SEND = "sendMessage(input: $input) { __typename ... on UserError { code } }"
ALONE = f"mutation ($input: SendMessageInput!) {{ {SEND} }}"


@pytest.mark.parametrize("fault", ["conversationId", "clientKey", "content", "replyToId"])
async def test_who_is_shut_out_is_told_so_before_what_is_wrong_with_a_message(
    cast: Cast, shut_out: GraphQLClient, anyone: GraphQLClient, fault: str
) -> None:
    wrong = {"conversationId": "?", "clientKey": "", "content": {"text": {"text": " "}}, "replyToId": "?"}
    variables = cast.variables("messages/send-text")
    variables["input"] |= {fault: wrong[fault]}
    reply = await shut_out.raw(ALONE, variables)
    assert (reply.status, reply.codes, reply.body.get("data")) == (401, ["UNAUTHENTICATED"], None)
    if shut_out.token != cast.ann.client.token:  # who is suspended can't sign in
        again = await sign_in_again(anyone, cast.ann)
        assert (await again.client.execute(ALONE, variables))["sendMessage"]["code"] == "INVALID_INPUT"


async def test_a_message_that_was_sent_is_answered_whatever_becomes_of_its_session(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await ann.talk_to(bob)
    first = await ann.send_text(talk, "first")
    session_id = services.access_tokens.read(ann.client.token or "").session_id

    load, calls = messages.by_keys, 0

    async def fail_for_the_answer(*asked: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:  # for the rules
            return await load(*asked)
        await services.database.rows("UPDATE sessions SET ended_at = now() WHERE id = $1", session_id)
        raise LookupError

    monkeypatch.setattr(messages, "by_keys", fail_for_the_answer)
    content = {"text": {"text": "second"}}
    reply = await ann.client.raw(
        ALONE.replace("__typename", "... on SendMessageSuccess { message { seq replyTo { id } } }"),
        {"input": {"conversationId": talk, "clientKey": "1", "content": content, "replyToId": first["id"]}},
    )
    assert reply.codes == ["INTERNAL_ERROR"]
    assert reply.body["data"] == {"sendMessage": {"message": {"seq": first["seq"] + 1, "replyTo": None}}}
    assert (await ann.client.raw(VIEWER)).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    ("document", "checks"),
    [
        (ALONE, True),
        (ALONE.replace("sendMessage(", "renamed: sendMessage("), True),
        (f"mutation ($input: SendMessageInput!) {{ {SEND.replace(' {', ' @include(if: true) {', 1)} }}", False),
        (f"mutation ($input: SendMessageInput!) {{ {SEND} __typename }}", False),
        (f"mutation ($input: SendMessageInput!) {{ {SEND} b: {SEND} }}", False),
        (f"mutation ($input: SendMessageInput!) {{ ... {{ {SEND} }} }}", False),
        (f"mutation ($input: SendMessageInput!) {{ ...F }} fragment F on Mutation {{ {SEND} }}", False),
        (operation("messages/edit-message"), False),
        (VIEWER, False),
    ],
)
def test_only_a_lone_message_is_sent_by_whom_nobody_asked_before(document: str, *, checks: bool) -> None:
    prepared = Documents(schema).prepare(document)
    assert prepared.operation().checks_viewer is checks


OPEN_TO_ALL = {"identity/sign-up", "identity/sign-in", "identity/refresh-session"}


@pytest.mark.parametrize("name", [name for name in mutations() if name not in OPEN_TO_ALL])
async def test_nobody_who_is_not_signed_in_can_change_anything(
    cast: Cast, anyone: GraphQLClient, unchanged: Unchanged, name: str
) -> None:
    async with unchanged():
        reply = await anyone.raw(operation(name), cast.variables(name))
        assert reply.codes == ["UNAUTHENTICATED"]
        assert list(reply.body["data"].values()) == [None]


WRITES_NOTHING = {"conversations/set-typing", "media/complete-upload", "identity/sign-out"}
"""What tells others something for a moment, asks about a photo that is ready, and ends what has ended."""


@pytest.mark.parametrize("name", [name for name in mutations() if name not in OPEN_TO_ALL | WRITES_NOTHING])
async def test_who_is_shut_out_once_the_request_was_let_in_can_change_nothing(
    cast: Cast,
    shut_out: GraphQLClient,
    unchanged: Unchanged,
    monkeypatch: pytest.MonkeyPatch,
    services: Services,
    name: str,
) -> None:
    user_id = services.access_tokens.read(shut_out.token or "").user_id

    async def lived_a_moment_ago(_checks: SessionChecks, _session_id: UUID) -> UUID:
        return user_id

    monkeypatch.setattr(SessionChecks, "person_of", lived_a_moment_ago)
    async with unchanged():
        reply = await shut_out.raw(operation(name), cast.variables(name))
        assert (reply.codes, list(reply.body["data"].values())) == (["UNAUTHENTICATED"], [None])


async def test_a_write_notices_that_its_session_ended_while_it_waited(
    people: People, services: Services, unchanged: Unchanged
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = key_of(await ann.talk_to(bob))
    claims = services.access_tokens.read(ann.client.token or "")
    late = Viewer(claims.user_id, claims.session_id, claims.expires_at)
    await ann.client.execute(operation("identity/sign-out"))
    text = Content(MessageKind.TEXT, "hi")
    async with unchanged():
        for late_write in (
            sends.send(services, late, Outgoing("1", text, conversation_id=talk)),
            sends.send(services, late, Outgoing("1", text, recipient_id=key_of(bob.id))),
            profiles.follow(services, late, key_of(bob.id), on=True),
            conversations.mark_read(services, late, talk, None),
        ):
            with pytest.raises(UnauthenticatedError):
                await late_write
