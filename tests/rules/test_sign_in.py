"""Signing in: a wrong handle and a wrong password answer alike, and nobody else's password helps."""

from app.services import Services
from tests.rules.conftest import Unchanged
from tests.rules.records import suspend
from tests.support.graphql_client import GraphQLClient, Json
from tests.support.people import PASSWORD, People, operation


async def sign_in(anyone: GraphQLClient, handle: str, password: str = PASSWORD) -> Json:
    fields = {"handle": handle, "password": password}
    return (await anyone.execute(operation("identity/sign-in"), {"input": fields}))["signIn"]  # type: ignore[no-any-return]


async def test_handle_and_password_begin_a_session_of_their_own(people: People, anyone: GraphQLClient) -> None:
    ann = await people.join("ann")
    for written in (ann.handle, f"@{ann.handle.upper()}", f" {ann.handle} "):
        assert (await sign_in(anyone, written))["viewer"]["user"]["id"] == ann.id
    sessions = (await ann.ask("identity/sessions"))["viewer"]["sessions"]
    assert [session["isCurrent"] for session in sessions] == [False, False, False, True]


async def test_an_unknown_handle_and_a_wrong_password_answer_alike(
    people: People, anyone: GraphQLClient, services: Services, unchanged: Unchanged
) -> None:
    ollie, bob, sue = [await people.join(name) for name in ("ollie", "bob", "sue")]
    await suspend(services, sue)
    async with unchanged():
        answers = [
            await sign_in(anyone, ollie.handle, "wrong password"),
            await sign_in(anyone, ollie.handle, ""),
            await sign_in(anyone, ollie.handle, "x" * 100_000),
            await sign_in(anyone, ollie.handle, f"{PASSWORD}\0"),
            await sign_in(anyone, f"nobody{people.suffix}"),
            await sign_in(anyone, ollie.handle.replace("ollie", "o11ie")),
            await sign_in(anyone, ollie.handle.replace("ollie", "oll\u0131e")),
            await sign_in(anyone, f"{bob.handle}\0"),
            await sign_in(anyone, "\0"),
            await sign_in(anyone, ""),
            await sign_in(anyone, sue.handle),
        ]
    assert answers == [answers[0]] * len(answers)
    assert (answers[0]["__typename"], answers[0]["code"]) == ("WrongCredentialsError", "WRONG_CREDENTIALS")


async def test_a_suspension_ends_what_goes_on(people: People, services: Services, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    await suspend(services, ann)
    async with unchanged():
        reply = await ann.client.raw(operation("people/follow-user"), {"input": {"userId": bob.id}})
        assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
        assert await bob.refused("messages/send-to-person", recipientId=ann.id, clientKey="1",
                                 content={"text": {"text": "hi"}}) == "RECIPIENT_UNAVAILABLE"  # fmt: skip
