"""Sessions: their tokens rotate, a stolen one ends them, and one that has ended can do nothing more."""

from datetime import UTC, datetime, timedelta

import jwt

from app.auth.tokens import AccessTokens, RefreshSecret
from app.config import Settings
from app.services import Services
from tests.rules.conftest import Unchanged
from tests.rules.records import key_of
from tests.support.graphql_client import GraphQLClient, Json
from tests.support.people import PASSWORD, People, Person, operation

VIEWER = "{ viewer { user { handle } } }"


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
