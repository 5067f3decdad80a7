"""An installation without photos: refused with what is allowed instead, and told in advance by the same rule."""

import pytest

from tests.rules.conftest import ServerWith, Unchanged
from tests.support.people import People, Person
from tests.support.samples import a_photo

WITHOUT = ["TEXT", "VIDEO", "PROFILE", "STICKER"]

CAN_MESSAGE = """query ($id: ID!, $kind: MessageKind) {
  node(id: $id) { ... on User { viewerCanMessage(kind: $kind) { allowed code } } }
}"""


@pytest.fixture
async def pair(people: People, server_with: ServerWith) -> tuple[Person, Person]:
    """Two people at a server that takes no photos."""
    url = await server_with(photo_policy="NO_PHOTOS")
    ann, bob = await people.friends("ann", "bob")
    return ann.at(url), bob.at(url)


async def test_photos_are_refused_with_what_is_allowed_instead(
    pair: tuple[Person, Person], unchanged: Unchanged
) -> None:
    ann, bob = pair
    photo = (await ann.upload(a_photo(), "image/jpeg"))["id"]
    talk, group = await ann.talk_to(bob), await ann.make_group(bob)
    async with unchanged():
        for where in (talk, group):
            refused = await ann.send(where, {"photos": {"uploadIds": [photo]}})
            assert (refused["__typename"], refused["code"]) == ("KindNotAllowedError", "KIND_NOT_ALLOWED")
    query = """mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
      ... on KindNotAllowedError { kind alternatives } } }"""
    fields = {"conversationId": talk, "clientKey": "1", "content": {"photos": {"uploadIds": [photo]}}}
    refused = (await ann.client.execute(query, {"input": fields}))["sendMessage"]
    assert refused == {"kind": "PHOTOS", "alternatives": WITHOUT}
    sent = await ann.send(talk, {"text": {"text": "words"}}, clientKey="1")
    assert sent["__typename"] == "SendMessageSuccess"


async def test_policy_capabilities_and_permission_say_so_in_advance(pair: tuple[Person, Person]) -> None:
    ann, bob = pair
    assert (await ann.ask("about/policy"))["policy"]["messageKinds"] == WITHOUT
    for where in (await ann.talk_to(bob), await ann.make_group(bob)):
        capabilities = (await ann.conversation(where) or {})["capabilities"]
        assert (capabilities["canSend"], capabilities["kinds"]) == (True, WITHOUT)
    for kind, code in (("PHOTOS", "KIND_NOT_ALLOWED"), ("TEXT", None), (None, None)):
        answer = (await ann.client.execute(CAN_MESSAGE, {"id": bob.id, "kind": kind}))["node"]["viewerCanMessage"]
        assert answer == {"allowed": code is None, "code": code}


async def test_who_may_not_send_at_all_is_told_that_first(pair: tuple[Person, Person], unchanged: Unchanged) -> None:
    ann, bob = pair
    photo = (await ann.upload(a_photo(), "image/jpeg"))["id"]
    talk = await ann.talk_to(bob)
    await bob.do("people/update-settings", messagePolicy="OFF")
    async with unchanged():
        assert (await ann.send(talk, {"photos": {"uploadIds": [photo]}}))["code"] == "RECIPIENT_UNAVAILABLE"
    answer = await ann.client.execute(CAN_MESSAGE, {"id": bob.id, "kind": "PHOTOS"})
    assert answer["node"]["viewerCanMessage"]["code"] == "RECIPIENT_UNAVAILABLE"
    assert (await ann.conversation(talk) or {})["capabilities"]["kinds"] == []


async def test_an_open_installation_allows_all_kinds(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    kinds = ["TEXT", "PHOTOS", "VIDEO", "PROFILE", "STICKER"]
    assert (await ann.ask("about/policy"))["policy"]["messageKinds"] == kinds
    assert (await ann.conversation(await ann.talk_to(bob)) or {})["capabilities"]["kinds"] == kinds
