"""The page on the real server, with the examples that ship with it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from app.playground import FOLDER, Demo, DemoPerson, load_operations
from app.server import build_app
from app.services import Services
from tests.playground.page import PlaygroundPage
from tests.support.browser import Browser
from tests.support.people import PASSWORD, People, Person

UPLOADED_OR_DRAWN = {"uploadId", "videoId", "stickerId"}
"""Placeholders for what these two people have not got."""


@pytest.fixture
async def ann_and_bob(people: People) -> tuple[Person, Person]:
    """Friends with a conversation and a group."""
    ann, bob = await people.join("ann"), await people.join("bob")
    await ann.befriend(bob)
    conversation = await ann.talk_to(bob)
    await ann.send_text(conversation, "Shall we?")
    await bob.send_text(conversation, "Let us.")
    await ann.do("conversations/create-group", title="Two and counting", memberIds=[bob.id])
    return ann, bob


@pytest.fixture
async def real_url(services: Services, ann_and_bob: tuple[Person, Person]) -> AsyncIterator[str]:
    """The address of a server on which these two are the demo people."""
    demo = Demo(PASSWORD, [DemoPerson(person.handle, person.handle, None) for person in ann_and_bob])

    async def provide() -> Demo:
        return demo

    close_sockets = services.hub.on_session_ended  # of the server that the other tests share
    async with TestServer(build_app(services, provide)) as server:
        yield str(server.make_url("/"))
    services.hub.on_session_ended = close_sockets


async def test_two_tabs_talk_to_each_other(
    browser: Browser, real_url: str, profile: str, ann_and_bob: tuple[Person, Person]
) -> None:
    ann, bob = ann_and_bob
    theirs = await PlaygroundPage.opened(browser, f"{real_url}?as={bob.handle}", profile)
    await theirs.is_signed_in_as(bob.handle)
    await theirs.open_example("live/message-added")
    await theirs.subscribe()
    mine = await PlaygroundPage.opened(browser, f"{real_url}?as={ann.handle}", profile)
    await mine.is_signed_in_as(ann.handle)
    await mine.open_example("messages/send-text")
    sent = (await mine.run())["data"]["sendMessage"]["message"]
    heard = (await theirs.event(1))["data"]["messageAdded"]
    assert heard["id"] == sent["id"]
    assert mine.tab.complaints == theirs.tab.complaints == []


async def test_every_example_is_filled_in(
    browser: Browser, real_url: str, profile: str, ann_and_bob: tuple[Person, Person]
) -> None:
    ann, _ = ann_and_bob
    page = await PlaygroundPage.opened(browser, f"{real_url}?as={ann.handle}", profile)
    await page.is_signed_in_as(ann.handle)
    unfilled = set()
    for operation in load_operations(FOLDER / "operations"):
        if operation.variables and "{{" in operation.variables:
            await page.open_example(f"{operation.folder}/{operation.name}")
            hints = "[...document.querySelectorAll('.bc-hint code')].map((code) => code.textContent.slice(2, -2))"
            unfilled |= set(await page.tab.js(hints))
    assert unfilled <= UPLOADED_OR_DRAWN


async def test_signing_out_ends_the_subscription_of_that_person(
    browser: Browser, real_url: str, profile: str, ann_and_bob: tuple[Person, Person]
) -> None:
    ann, _ = ann_and_bob
    page = await PlaygroundPage.opened(browser, f"{real_url}?as={ann.handle}", profile)
    await page.is_signed_in_as(ann.handle)
    await page.open_example("live/inbox")
    await page.subscribe()
    await page.sign_out()
    await page.tab.until("document.querySelector('.bc-live').dataset.state === 'ended'")
