"""Sessions: their tokens rotate, a stolen one ends them, and one that has ended can do nothing more."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from app.auth.tokens import AccessTokens, RefreshSecret
from app.auth.viewer import Viewer
from app.config import Settings
from app.errors import UnauthenticatedError
from app.execution.documents import core_schema
from app.services import Services
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
from tests.support.graphql_client import GraphQLClient, Json
from tests.support.people import PASSWORD, People, Person, operation

VIEWER = "{ viewer { user { handle } } }"


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


async def refresh(anyone: GraphQLClient, token: str) -> Json:
    answer = await anyone.execute(operation("identity/refresh-session"), {"input": {"refreshToken": token}})
    return answer["refreshSession"]  # type: ignore[no-any-return]


async def sign_in_again(anyone: GraphQLClient, person: Person) -> Person:
    fields = {"handle": person.handle, "password": PASSWORD}
    tokens = (await anyone.execute(operation("identity/sign-in"), {"input": fields}))["signIn"]["tokens"]
    return Person(anyone.with_token(tokens["accessToken"]), person.id, person.handle, tokens["refreshToken"])


async def sessions(person: Person) -> list[Json]:
    return (await person.ask("identity/sessions"))["viewer"]["sessions"]  # type: ignore[no-any-return]


async def assert_over(client: GraphQLClient) -> None:
    reply = await client.raw(VIEWER)
    assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
    assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_a_refresh_token_gives_the_next_tokens_of_the_same_session(people: People, anyone: GraphQLClient) -> None:
    ann = await people.join("ann")
    first = await refresh(anyone, ann.refresh_token)
    assert first["viewer"]["user"]["id"] == ann.id
    second = await refresh(anyone, first["tokens"]["refreshToken"])
    assert len({ann.refresh_token, *(found["tokens"]["refreshToken"] for found in (first, second))}) == 3
    reply = await anyone.with_token(second["tokens"]["accessToken"]).execute(VIEWER)
    assert reply["viewer"]["user"]["handle"] == ann.handle
    assert len(await sessions(ann)) == 1


async def test_a_client_that_lost_the_answer_may_refresh_again_at_once(people: People, anyone: GraphQLClient) -> None:
    ann = await people.join("ann")
    answers = [await refresh(anyone, ann.refresh_token) for _ in range(2)]
    for answer in answers:
        assert (await refresh(anyone, answer["tokens"]["refreshToken"]))["__typename"] == "RefreshSessionSuccess"


async def test_a_refresh_token_used_again_later_ends_the_session(
    people: People, anyone: GraphQLClient, services: Services
) -> None:
    ann = await people.join("ann")
    elsewhere = await sign_in_again(anyone, ann)
    taken = await refresh(anyone, ann.refresh_token)
    await services.database.rows(
        "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id IN "
        "(SELECT id FROM sessions WHERE user_id = $1)",
        key_of(ann.id),
    )
    assert (await refresh(anyone, ann.refresh_token))["code"] == "SESSION_ENDED"
    assert (await refresh(anyone, taken["tokens"]["refreshToken"]))["code"] == "SESSION_ENDED"
    await assert_over(ann.client)
    await assert_over(anyone.with_token(taken["tokens"]["accessToken"]))
    assert len(await sessions(elsewhere)) == 1


async def test_a_refresh_token_that_is_none_changes_nothing(
    people: People, anyone: GraphQLClient, services: Services, unchanged: Unchanged
) -> None:
    ann = await people.join("ann")
    known = RefreshSecret.parse(ann.refresh_token)
    assert known
    guesses = [str(RefreshSecret(known.token_id, bytes(32))), str(RefreshSecret.new()), ann.refresh_token[:-2]]
    async with unchanged():
        answers = [await refresh(anyone, guess) for guess in [*guesses, "", "\0", "x" * 96, "é" * 96]]
    assert {answer["code"] for answer in answers} == {"SESSION_ENDED"}
    await services.database.rows("UPDATE refresh_tokens SET expires_at = now() WHERE id = $1", known.token_id)
    async with unchanged():
        assert (await refresh(anyone, ann.refresh_token))["code"] == "SESSION_ENDED"


async def test_after_sign_out_neither_token_helps(people: People, anyone: GraphQLClient, unchanged: Unchanged) -> None:
    ann = await people.join("ann")
    await ann.client.execute(operation("identity/sign-out"))
    async with unchanged():
        await assert_over(ann.client)
        assert (await refresh(anyone, ann.refresh_token))["code"] == "SESSION_ENDED"


async def test_another_session_of_ones_own_can_be_ended(people: People, anyone: GraphQLClient) -> None:
    ann = await people.join("ann")
    phone = await sign_in_again(anyone, ann)
    current, other = await sessions(phone)
    assert (current["isCurrent"], other["isCurrent"]) == (True, False)
    await phone.do("identity/sign-out", sessionId=other["id"])
    await assert_over(ann.client)
    assert [session["id"] for session in await sessions(phone)] == [current["id"]]
    await phone.do("identity/sign-out", sessionId=other["id"])


async def test_another_persons_session_can_not_be_ended(people: People, unchanged: Unchanged) -> None:
    ann, eve = [await people.join(name) for name in ("ann", "eve")]
    [session] = await sessions(ann)
    async with unchanged():
        await eve.do("identity/sign-out", sessionId=session["id"])
        assert await eve.refused("identity/sign-out", sessionId=ann.id) == "INVALID_INPUT"
    assert await sessions(ann) == [session]


async def test_a_session_names_its_device(people: People, anyone: GraphQLClient) -> None:
    ann = await people.join("ann")
    variables = {"input": {"handle": ann.handle, "password": PASSWORD}}
    sign_in = {"query": operation("identity/sign-in"), "variables": variables}
    await anyone.session.post(anyone.url, json=sign_in, headers={"User-Agent": "Front End/1.0 " + "x" * 300})
    named = (await sessions(ann))[0]["device"]
    assert named.startswith("Front End/1.0 x")
    assert len(named) == 200


def forged(person: Person, secret: str, **changes: object) -> str:
    """A person's access token with other claims, signed by somebody."""
    assert person.client.token
    claims = jwt.decode(person.client.token, options={"verify_signature": False})
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, secret, "HS256" if secret else "none")


async def test_a_token_that_is_expired_or_forged_is_none(
    people: People, settings: Settings, anyone: GraphQLClient, unchanged: Unchanged
) -> None:
    ann, eve = [await people.join(name) for name in ("ann", "eve")]
    secret = settings.jwt_secret
    sid = jwt.decode(eve.client.token or "", options={"verify_signature": False})["sid"]
    expired = AccessTokens(secret, timedelta(seconds=-1)).issue(key_of(ann.id), key_of(eve.id), datetime.now(UTC)).value
    wrong = [
        expired,
        forged(ann, ""),
        forged(ann, "another secret of more than 32 characters"),
        *(forged(ann, secret, **{name: None}) for name in ("sid", "sub", "exp", "iss")),
        *(forged(ann, secret, sid=value) for value in (sid, "x", 7, key_of(ann.id).hex)),
        *(forged(ann, secret, **{name: "x"}) for name in ("sub", "exp", "iss")),
        "x",
        "a.b.c",
    ]
    async with unchanged():
        for token in wrong:
            await assert_over(anyone.with_token(token))
    assert (await anyone.with_token(forged(ann, secret)).execute(VIEWER))["viewer"]["user"]["handle"] == ann.handle


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
