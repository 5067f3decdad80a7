"""One path for both transports."""

from aiohttp import web

from app.transport.http import GraphQLView
from app.transport.socket_view import SocketView


class Endpoint:
    """Hands WebSocket handshakes to the socket view, and everything else to the HTTP view."""

    def __init__(self, http: GraphQLView, socket: SocketView) -> None:
        self._http = http
        self._socket = socket

    def route(self, path: str) -> web.RouteDef:
        """The route for all methods."""
        return web.route("*", path, self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or serve one socket."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket.handle(request)
        return await self._http.handle(request)
