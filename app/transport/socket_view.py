"""GraphQL over WebSocket as an aiohttp handler: accepts sockets."""

from aiohttp import web

from app.execution.engine import Engine
from app.transport.origins import Origins
from app.transport.protocol import SUBPROTOCOL, CloseCode
from app.transport.socket import Socket
from app.transport.socket_service import SocketContexts, SocketService, SocketSettings
from app.transport.sockets import Sockets


class SocketView:
    """Accepts sockets."""

    def __init__(
        self,
        engine: Engine,
        contexts: SocketContexts,
        origins: Origins,
        sockets: Sockets,
        settings: SocketSettings | None = None,
    ) -> None:
        self._service = SocketService(engine, contexts, settings or SocketSettings())
        self._origins = origins
        self._sockets = sockets

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it ends. Pages of other origins are refused; what is not a page sends no origin."""
        if self._sockets.draining:
            raise web.HTTPServiceUnavailable(text="The server is shutting down.")
        if not self._origins.allows(request):
            raise web.HTTPForbidden(text="This page may not open sockets here.")
        settings = self._service.settings
        ws = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,),
            compress=False,
            autoping=False,
            timeout=settings.close_seconds,
            max_msg_size=settings.max_message_bytes + 1,
            decode_text=False,
        )
        writer = await ws.prepare(request)
        if ws.ws_protocol != SUBPROTOCOL:
            await ws.close(code=CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, message=SUBPROTOCOL.encode(), drain=False)
            return ws
        socket = Socket(self._service, request, ws, writer)
        self._sockets.add(socket)
        try:
            await socket.run()
        finally:
            self._sockets.remove(socket)
        return ws
