"""The playground as a person uses it: who signs in, what is run, what is shown."""

import json
from typing import Any, Self

from tests.support.browser import Browser, Tab

RESPONSE = "__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json')).getValue()"
VARIABLES = "__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('variables.json')).getValue()"


class PlaygroundPage:
    """One browser tab with the playground in it; works on any server that serves the page."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    @classmethod
    async def opened(cls, browser: Browser, url: str, profile: str) -> Self:
        """Open the page, and wait until its editor and the schema are there."""
        page = cls(await browser.open(url, profile=profile))
        await page.is_ready()
        return page

    async def is_ready(self) -> None:
        await self.tab.until("document.querySelector('.graphiql-query-editor .view-line')")
        await self.tab.until("!document.querySelector('.graphiql-spin')")

    async def sign_in(self, handle: str) -> None:
        """Click a person in the bar."""
        await self.tab.click(f".bc-person[data-handle='{handle}']")
        await self.is_signed_in_as(handle)

    async def sign_in_with_password(self, handle: str, password: str) -> None:
        for name, text in (("handle", handle), ("password", password)):
            await self.tab.js(f"document.querySelector('.bc-form input[name={name}]').value = ''")
            await self.tab.type(f".bc-form input[name={name}]", text)
        await self.tab.press_enter()

    async def sign_out(self) -> None:
        await self.tab.click(".bc-current button")
        await self.tab.until("document.querySelector('.bc-signed-out')")

    async def is_signed_in_as(self, handle: str) -> None:
        await self.tab.until(f"document.querySelector('.bc-current small')?.textContent === '@{handle}'")

    async def open_example(self, name: str) -> None:
        """Click an example, such as `messages/send-text`, and wait until it is in the editor."""
        await self.tab.click(f"[data-example='{name}']")
        await self.tab.until(f"document.querySelector(\"[data-example='{name}'][aria-current=true]\")")

    async def variables(self) -> Any:
        """Return the variables in the editor."""
        return json.loads(await self.tab.js(VARIABLES))

    async def run(self) -> Any:
        """Press the play button and return the answer."""
        await self.tab.click(".graphiql-execute-button")
        return json.loads(await self.tab.until(f"!document.querySelector('.graphiql-spinner') && {RESPONSE}"))

    async def subscribe(self) -> None:
        """Press the play button of a subscription and wait until its socket is open."""
        await self.tab.click(".graphiql-execute-button")
        await self.is_live()

    async def is_live(self) -> None:
        await self.tab.until("document.querySelector('.bc-live')?.dataset.state === 'live'")

    async def event(self, number: int) -> Any:
        """Wait until a subscription's event of this number, counted from 1, is the newest; return it."""
        count = "document.querySelector('.bc-events')?.textContent"
        await self.tab.until(f"{count}.includes('event {number} of {number}')")
        return await self.response()

    async def response(self) -> Any:
        """Return what the response pane shows."""
        return json.loads(await self.tab.js(RESPONSE))

    async def text(self, selector: str) -> str:
        """Wait for an element and return its text."""
        return str(await self.tab.until(f"document.querySelector({json.dumps(selector)})?.textContent"))
