"""The page in a real browser, as a person uses it."""

import asyncio
import json
from urllib.parse import urlsplit

from aiohttp.test_utils import TestServer

from tests.playground.conftest import Serve, nobody
from tests.playground.page import VARIABLES, PlaygroundPage
from tests.playground.toy_backend import PASSWORD, Backend
from tests.support.browser import Browser
from tests.support.patience import PATIENCE

STORED_SESSION = "sessionStorage.getItem('backchannel:session')"


async def who_listens(backend: Backend) -> str:
    """Wait until the next person has begun to listen."""
    async with asyncio.timeout(PATIENCE):
        return await backend.arrivals.get()


async def test_nothing_is_asked_of_another_server(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    await page.open_example("live/message-added")
    await page.subscribe()
    await page.tab.click("button[aria-label='Show Documentation Explorer']")
    await page.text(".graphiql-doc-explorer-type-name")
    hosts = {urlsplit(asked).netloc for asked in page.tab.requests if not asked.startswith("data:")}
    assert hosts == {urlsplit(url).netloc}
    assert page.tab.complaints == []


async def test_a_click_signs_in_and_requests_go_out_as_that_person(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.open_example("people/viewer")
    assert await page.run() == {"data": {"viewer": None}}
    await page.sign_in("mira")
    assert (await page.run())["data"]["viewer"]["user"]["displayName"] == "Mira Okafor"
    assert (await page.text(".bc-activity")).startswith("200")
    await page.sign_in("jonas")
    assert (await page.run())["data"]["viewer"]["user"]["displayName"] == "Jonas Weber"
    await page.sign_in("mira")
    assert (await page.run())["data"]["viewer"]["user"]["displayName"] == "Mira Okafor"


async def test_signing_out_ends_the_session_on_the_server(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    assert [handle for handle, _ in backend.tokens.values()] == ["mira"]
    await page.sign_out()
    await page.open_example("people/viewer")
    assert await page.run() == {"data": {"viewer": None}}
    assert backend.tokens == {}


async def test_without_demo_people_one_signs_in_with_a_password(browser: Browser, serve: Serve, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, str((await serve(nobody)).make_url("/")), profile)
    await page.sign_in_with_password("mira", "wrong")
    assert "Handle or password is wrong." in await page.text("[role=alert]")
    await page.sign_in_with_password("@mira", PASSWORD)
    await page.is_signed_in_as("mira")
    assert not await page.tab.js("document.querySelector('[role=alert]')")


async def test_two_tabs_are_two_people_who_hear_each_other(browser: Browser, url: str, profile: str) -> None:
    jonas = await PlaygroundPage.opened(browser, f"{url}?as=jonas", profile)
    await jonas.is_signed_in_as("jonas")
    mira = await PlaygroundPage.opened(browser, f"{url}?as=mira", profile)
    await mira.is_signed_in_as("mira")
    await jonas.open_example("live/message-added")
    await jonas.subscribe()
    await mira.open_example("messages/send-message")
    for number in (1, 2):
        sent = (await mira.run())["data"]["sendMessage"]
        heard = (await jonas.event(number))["data"]["messageAdded"]
        assert heard["seq"] == sent["seq"] == number
        assert heard["sender"]["displayName"] == "Mira Okafor"
    await jonas.is_signed_in_as("jonas")


async def test_earlier_events_can_be_looked_back_at(browser: Browser, url: str, profile: str) -> None:
    jonas = await PlaygroundPage.opened(browser, f"{url}?as=jonas", profile)
    await jonas.open_example("live/message-added")
    await jonas.subscribe()
    mira = await PlaygroundPage.opened(browser, f"{url}?as=mira", profile)
    await mira.open_example("messages/send-message")
    await mira.run()
    await jonas.event(1)
    await mira.run()
    await jonas.event(2)
    await jonas.tab.click("button[aria-label='Earlier event']")
    assert (await jonas.response())["data"]["messageAdded"]["seq"] == 1
    assert "event 1 of 2" in await jonas.text(".bc-events")


async def test_a_running_subscription_moves_over_to_the_next_person(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    await page.open_example("live/message-added")
    await page.subscribe()
    assert await who_listens(backend) == "mira"
    await page.sign_in("jonas")
    assert await who_listens(backend) == "jonas"
    await page.is_live()
    assert "as @jonas" in await page.text(".bc-activity")


async def test_a_subscription_comes_back_after_a_restart_of_the_server(
    browser: Browser, toy_server: TestServer, serve: Serve, profile: str, backend: Backend
) -> None:
    port = toy_server.port
    page = await PlaygroundPage.opened(browser, str(toy_server.make_url("/")), profile)
    await page.sign_in("mira")
    await page.open_example("live/message-added")
    await page.subscribe()
    assert await who_listens(backend) == "mira"
    await toy_server.close()
    await page.tab.until("document.querySelector('.bc-live').dataset.state === 'reconnecting'")
    await serve(nobody, port=port)
    assert await who_listens(backend) == "mira"
    await page.is_live()


async def test_a_subscription_ends_when_another_tab_comes_to_the_front(
    browser: Browser, url: str, profile: str
) -> None:
    page = await PlaygroundPage.opened(browser, f"{url}?as=mira", profile)
    await page.open_example("live/message-added")
    await page.subscribe()
    await page.tab.click(".graphiql-tab-add")
    await page.tab.until("document.querySelector('.bc-live').dataset.state === 'ended'")


async def test_a_token_is_renewed_before_it_ends(browser: Browser, url: str, profile: str, backend: Backend) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    backend.lifetime = 3.0
    await page.sign_in("mira")
    backend.lifetime = 900.0
    before = await page.tab.js(STORED_SESSION)
    await page.tab.until(f"{STORED_SESSION} !== {json.dumps(before)}")
    assert backend.refreshes == 1


async def test_a_token_that_the_server_takes_back_is_replaced(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    await page.open_example("people/viewer")
    backend.tokens.clear()
    assert (await page.run())["data"]["viewer"]["user"]["handle"] == "mira"
    assert backend.refreshes == 1


async def test_a_socket_whose_token_ended_comes_back_with_another_one(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    await page.open_example("live/message-added")
    backend.tokens.clear()
    await page.subscribe()
    assert await who_listens(backend) == "mira"
    assert backend.refreshes == 1


async def test_a_demo_person_whose_session_ended_is_signed_in_again(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    await page.open_example("people/viewer")
    backend.tokens.clear()
    backend.refresh_tokens.clear()
    assert (await page.run())["data"]["viewer"]["user"]["handle"] == "mira"


async def test_anyone_else_whose_session_ended_is_told_so(
    browser: Browser, serve: Serve, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, str((await serve(nobody)).make_url("/")), profile)
    await page.sign_in_with_password("mira", PASSWORD)
    await page.is_signed_in_as("mira")
    await page.open_example("people/viewer")
    backend.tokens.clear()
    backend.refresh_tokens.clear()
    await page.tab.click(".graphiql-execute-button")
    assert "session has ended" in await page.text("[role=alert]")
    assert await page.text(".bc-signed-out")


async def test_a_reloaded_tab_keeps_its_person_and_its_tokens(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    tokens = dict(backend.tokens)
    await page.tab.reload()
    await page.is_signed_in_as("mira")
    assert backend.tokens == tokens


async def test_a_duplicated_tab_gets_tokens_of_its_own(
    browser: Browser, url: str, profile: str, backend: Backend
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    copied = await page.tab.js(STORED_SESSION)
    tab = await browser.open(f"{url}playground/config.json", profile=profile)
    await tab.js(f"sessionStorage.setItem('backchannel:session', {json.dumps(copied)})")
    await tab.goto(url)
    await PlaygroundPage(tab).is_signed_in_as("mira")
    assert len(backend.tokens) == 2
    assert backend.refreshes == 0


async def test_an_example_is_filled_in_for_the_person_who_is_signed_in(
    browser: Browser, url: str, profile: str
) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.open_example("messages/send-message")
    assert (await page.variables())["input"]["conversationId"] == "{{conversationId}}"
    assert "Sign in" in await page.text(".bc-hint")
    await page.sign_in("mira")
    await page.tab.until("!document.querySelector('.bc-hint')")
    assert (await page.variables())["input"]["conversationId"] == "jonas-mira"
    keys = [(await page.run())["data"]["sendMessage"]["clientKey"] for _ in range(2)]
    assert len(set(keys)) == 2
    assert all(key.startswith("playground-") for key in keys)


async def test_an_example_prefers_the_conversation_with_someone_in_another_tab(
    browser: Browser, url: str, profile: str
) -> None:
    for handle, conversation in (("mira", "jonas-mira"), ("zoe", "mira-zoe"), ("mira", "mira-zoe")):
        page = await PlaygroundPage.opened(browser, f"{url}?as={handle}", profile)
        await page.is_signed_in_as(handle)
        await page.open_example("live/message-added")
        await page.tab.until(f"{VARIABLES}.includes('{conversation}')")


async def test_a_placeholder_without_a_value_stays_and_says_so(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.sign_in("mira")
    await page.open_example("messages/send-to-group")
    assert "{{groupId}}" in await page.text(".bc-hint")
    assert (await page.variables())["input"]["conversationId"] == "{{groupId}}"


async def test_an_example_that_is_open_already_is_not_opened_twice(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, f"{url}?as=mira", profile)
    for name in ("people/viewer", "messages/send-message", "people/viewer"):
        await page.open_example(name)
    assert await page.tab.js("document.querySelectorAll('.graphiql-tab').length") == 3


async def test_the_first_tab_welcomes(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    assert "Welcome to Backchannel." in (await page.text(".graphiql-query-editor .view-lines")).replace("\xa0", " ")
    assert await page.run() == {"data": {"viewer": None}}


async def test_the_documentation_describes_the_schema(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.tab.click("button[aria-label='Show Documentation Explorer']")
    await page.tab.click(
        ".graphiql-doc-explorer-root-type + .graphiql-doc-explorer-type-name, .graphiql-doc-explorer-type-name"
    )
    described = "document.querySelector('.graphiql-doc-explorer')?.textContent"
    await page.tab.until(f"{described}.includes('The person who is signed in; null when signed out.')")


async def test_the_editor_points_out_mistakes(browser: Browser, url: str, profile: str) -> None:
    page = await PlaygroundPage.opened(browser, url, profile)
    await page.tab.click(".graphiql-tab-add")
    await page.tab.type(".graphiql-query-editor .view-lines", "{ nonsense ")
    await page.tab.until("document.querySelector('.graphiql-query-editor .squiggly-error')")
    assert page.tab.complaints == []


async def test_the_theme_follows_the_system_until_it_is_chosen(browser: Browser, url: str, profile: str) -> None:
    page = PlaygroundPage(await browser.open(url, profile=profile, dark=True))
    await page.is_ready()
    background = "getComputedStyle(document.body).backgroundColor"
    dark = await page.tab.js(background)
    await page.tab.click("button[aria-label='Light theme']")
    assert await page.tab.js(background) != dark
    await page.tab.reload()
    await page.is_ready()
    assert await page.tab.js(background) != dark
    await page.tab.click("button[aria-label='Dark theme']")
    assert await page.tab.js(background) == dark
