"""Answers written in one piece."""

from collections.abc import Mapping

from aiohttp import ClientConnectionResetError, HttpVersion11, web
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE


def head_of(headers: Mapping[str, str]) -> bytes:
    """The head of a response of status 200 with these headers, up to the length of its body."""
    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers.items()), f"Server: {SERVER_SOFTWARE}"]
    return "\r\n".join([*lines, "Content-Length: "]).encode()


class Answer(web.StreamResponse):
    """A response of status 200 to a POST: head and body at once, on a connection that stays open.

    aiohttp puts the head of a response together header by header, which takes longer than many an operation. Nobody is
    asked what to add to it (`on_response_prepare`).
    """

    def __init__(self, head: bytes, body: bytes) -> None:
        super().__init__()
        self.whole = b"%b%d\r\nDate: %b\r\n\r\n%b" % (head, len(body), rfc822_formatted_time().encode(), body)

    @staticmethod
    def suits(request: web.Request) -> bool:
        """Whether it can be the response to a request."""
        return request.method == "POST" and request.version == HttpVersion11 and request.keep_alive

    @property
    def keep_alive(self) -> bool:
        """As aiohttp asks."""
        return True

    @property
    def body_length(self) -> int:
        """What an access log tells: as elsewhere, with the head."""
        return len(self.whole)

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write it; there is nothing left to do at the end."""
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ClientConnectionResetError("The client is gone.")
        transport.write(self.whole)
        await request.writer.drain()  # so that who does not read what they ask for takes a bounded amount of memory

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing: it was written."""
