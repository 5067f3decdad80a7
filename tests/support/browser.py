"""Headless Chromium, driven over the DevTools protocol: enough for a page to be used as a person would.

    async with Browser.started() as browser:
        async with browser.profile() as profile:
            tab = await browser.open("http://127.0.0.1:8000/", profile=profile)
            await tab.click("button[aria-label='Dark theme']")
            await tab.until("document.body.classList.contains('graphiql-dark')")

`until` waits for what is to be seen, by looking inside the page itself every 25 ms.
"""

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
import signal
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.output import heard
from tests.support.patience import PATIENCE

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = (
    "--headless",
    "--no-sandbox",  # tests may run as root and in containers; the pages are our own
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-startup-window",  # every window has processes of its own, which may run away
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",  # a tab behind another one works at full speed
    "--disable-renderer-backgrounding",
    "--hide-scrollbars",
    "--window-size=1440,900",
)

LISTENING = re.compile(r"DevTools listening on (ws://\S+)\n")


class PageError(AssertionError):
    """The page did not do what the test asked for."""


def chromium() -> str:
    """Return the installed browser's path; without one the test is skipped, but on CI it fails."""
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    reason = "needs a browser: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Browser:
    """A running Chromium with an empty profile of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tabs: dict[str, Tab] = {}

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator["Browser"]:
        """Start Chromium, and stop it and all its processes at the end."""
        program = chromium()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            async with heard() as (theirs, output):
                with theirs:
                    process = await asyncio.create_subprocess_exec(
                        program,
                        *FLAGS,
                        f"--user-data-dir={profile}",
                        stdout=DEVNULL,
                        stderr=theirs,  # which its crash handlers, in sessions of their own, may hold for longer
                        start_new_session=True,
                    )
                try:
                    url = await output.finds(LISTENING)
                    async with cls._connected(url[1]) as browser:
                        yield browser
                finally:
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    await process.wait()

    @classmethod
    @asynccontextmanager
    async def _connected(cls, url: str) -> AsyncIterator["Browser"]:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as socket:
            browser = cls(socket)
            reader = asyncio.create_task(browser._read())
            try:
                yield browser
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)

    @asynccontextmanager
    async def profile(self) -> AsyncIterator[str]:
        """Begin with no storage: pass this to `open`. Its tabs are closed at the end."""
        answer = await self.send("Target.createBrowserContext")
        yield answer["browserContextId"]
        await self.send("Target.disposeBrowserContext", browserContextId=answer["browserContextId"])

    async def open(self, url: str, *, profile: str, dark: bool = False) -> "Tab":
        """Open a page in a tab of its own and wait until it is loaded."""
        target = await self.send("Target.createTarget", url="about:blank", browserContextId=profile)
        attached = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        tab = self._tabs[attached["sessionId"]] = Tab(self, attached["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log"):
            await tab.send(f"{domain}.enable")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await tab.send("Emulation.setEmulatedMedia", features=[scheme])
        await tab.send("Emulation.setFocusEmulationEnabled", enabled=True)  # as if each were in front
        await tab.goto(url)
        return tab

    async def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send one command of the protocol and return its result."""
        number = next(self._ids)
        command = {"id": number, "method": method, "params": params}
        if session is not None:
            command["sessionId"] = session
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json(command)
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            if "id" in message:
                self._settle(message)
            elif tab := self._tabs.get(message.get("sessionId", "")):
                tab.hear(message["method"], message["params"])

    def _settle(self, message: dict[str, Any]) -> None:
        answer = self._answers.pop(message["id"])
        if answer.done():
            return
        if "error" in message:
            answer.set_exception(PageError(message["error"]["message"]))
        else:
            answer.set_result(message["result"])


@dataclass(eq=False)
class Tab:
    """One page, with everything it asked the network for and everything it complained about."""

    browser: Browser
    session: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    loaded: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command about this page."""
        return await self.browser.send(method, self.session, **params)

    def hear(self, method: str, params: dict[str, Any]) -> None:
        """Keep what matters of an event."""
        match method:
            case "Page.loadEventFired":
                self.loaded.set()
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(params["url"])
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description", details["text"]))
            case "Runtime.consoleAPICalled" if params["type"] == "error":
                self.complaints.append(" ".join(str(part.get("value", part)) for part in params["args"]))
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    async def goto(self, url: str) -> None:
        """Open another page in this tab, and wait until it is loaded."""
        self.loaded.clear()
        await self.send("Page.navigate", url=url)
        async with asyncio.timeout(PATIENCE):
            await self.loaded.wait()

    async def reload(self) -> None:
        """Load the page anew."""
        self.loaded.clear()
        await self.send("Page.reload")
        async with asyncio.timeout(PATIENCE):
            await self.loaded.wait()

    async def js(self, expression: str) -> Any:
        """Evaluate an expression in the page, wait for it if it is a promise, and return its (JSON) value."""
        answer = await self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if details := answer.get("exceptionDetails"):
            raise PageError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    async def until(self, condition: str) -> Any:
        """Wait until an expression is true in the page; return its value."""
        return await self.js(
            f"""new Promise((resolve, reject) => {{
              const end = performance.now() + {PATIENCE * 800};
              const look = () => {{
                let value; try {{ value = ({condition}); }} catch (error) {{ value = undefined; }}
                if (value) resolve(value instanceof Node ? true : value);
                else if (performance.now() > end) reject(new Error({json.dumps("never: " + condition)}));
                else setTimeout(look, 25);
              }};
              look();
            }})"""
        )

    async def click(self, selector: str) -> None:
        """Click the middle of an element with the mouse, as soon as it is there."""
        found = json.dumps(selector)
        await self.until(f"document.querySelector({found})")
        box = await self.js(
            f"""(() => {{
              const element = document.querySelector({found});
              element.scrollIntoView({{ block: 'nearest', inline: 'nearest' }});
              const {{ x, y, width, height }} = element.getBoundingClientRect();
              return {{ x: x + width / 2, y: y + height / 2 }};
            }})()"""
        )
        for event in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if event == "mouseMoved" else {"button": "left", "clickCount": 1}
            await self.send("Input.dispatchMouseEvent", type=event, **box, **button)

    async def type(self, selector: str, text: str) -> None:
        """Click into a field and type."""
        await self.click(selector)
        await self.send("Input.insertText", text=text)

    async def press_enter(self, *, ctrl: bool = False) -> None:
        """Press the enter key, where the focus is."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": 2 if ctrl else 0}
        await self.send("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    async def screenshot(self, path: Path) -> None:
        """Write what is to be seen to a PNG file."""
        answer = await self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(answer["data"]))  # noqa: ASYNC240 - nothing else waits meanwhile
