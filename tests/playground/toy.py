"""A toy of the API, as far as the page needs it: people who sign in, conversations of two, live messages."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from aiohttp import web
from strawberry.aiohttp.views import GraphQLView
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import Info

from tests.playground.toy_backend import PASSWORD, PEOPLE, Backend, Message, Tokens, UnauthenticatedError, User

BACKEND = web.AppKey("backend", Backend)

Node = TypeVar("Node")


@strawberry.type
class Edge(Generic[Node]):
    node: Node


@strawberry.type
class Connection(Generic[Node]):
    edges: list[Edge[Node]]


def connection(nodes: list[Node]) -> Connection[Node]:
    return Connection(edges=[Edge(node=node) for node in nodes])


def backend_of(info: Info) -> Backend:
    backend: Backend = info.context["request"].app[BACKEND]
    return backend


def viewer_of(info: Info) -> str | None:
    params = info.context.get("connection_params") or {}
    header = info.context["request"].headers.get("Authorization")
    return backend_of(info).viewer(params.get("authorization", header))


@strawberry.type
class Conversation:
    """A conversation of two: everyone has one with the next person and one with the person before."""

    id: strawberry.ID
    kind: str
    title: str | None
    handles: strawberry.Private[list[str]]

    @classmethod
    def between(cls, *handles: str) -> "Conversation":
        name = "-".join(sorted(handles))
        return cls(id=strawberry.ID(name), kind="DIRECT", title=None, handles=list(handles))

    @strawberry.field
    def last_message(self, info: Info) -> Message | None:
        return backend_of(info).messages[-1] if backend_of(info).messages else None

    @strawberry.field
    def members(self, first: int) -> Connection[User]:
        return connection([User.named(handle) for handle in self.handles[:first]])

    @strawberry.field
    def messages(self, info: Info, last: int) -> Connection[Message]:
        return connection(backend_of(info).messages[-last:])


@strawberry.type
class Viewer:
    """The person who is signed in."""

    user: User

    @strawberry.field
    def conversations(self, first: int) -> Connection[Conversation]:
        handles, mine = list(PEOPLE), self.user.handle
        position = handles.index(mine)
        others = [handles[(position + step) % len(handles)] for step in (1, -1)]
        return connection([Conversation.between(mine, other) for other in others][:first])


def resolve_viewer(info: Info) -> Viewer | None:
    handle = viewer_of(info)
    return Viewer(user=User.named(handle)) if handle else None


@strawberry.type
class Query:
    viewer: Viewer | None = strawberry.field(
        resolver=resolve_viewer, description="The person who is signed in; null when signed out."
    )


@strawberry.interface
class UserError:
    """What a person can be told."""

    code: str
    reason: str


@strawberry.type
class WrongCredentialsError(UserError):
    pass


@strawberry.type
class SessionEndedError(UserError):
    pass


@strawberry.type
class SignInSuccess:
    tokens: Tokens
    viewer: Viewer


@strawberry.type
class RefreshSessionSuccess:
    tokens: Tokens


@strawberry.type
class SignOutSuccess:
    ok: bool


@strawberry.input
class SignInInput:
    handle: str
    password: str


@strawberry.input
class RefreshSessionInput:
    refresh_token: str


@strawberry.input
class SendMessageInput:
    conversation_id: strawberry.ID
    client_key: str
    text: str


SignInResult = Annotated[SignInSuccess | WrongCredentialsError, strawberry.union("SignInResult")]
RefreshResult = Annotated[RefreshSessionSuccess | SessionEndedError, strawberry.union("RefreshSessionResult")]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def sign_in(self, info: Info, input: SignInInput) -> SignInResult | None:  # noqa: A002 - the contract's name
        if input.handle not in PEOPLE or input.password != PASSWORD:
            return WrongCredentialsError(code="WRONG_CREDENTIALS", reason="Handle or password is wrong.")
        viewer = Viewer(user=User.named(input.handle))
        return SignInSuccess(tokens=backend_of(info).issue(input.handle), viewer=viewer)

    @strawberry.mutation
    def refresh_session(self, info: Info, input: RefreshSessionInput) -> RefreshResult | None:  # noqa: A002
        backend = backend_of(info)
        backend.refreshes += 1
        handle = backend.refresh_tokens.pop(input.refresh_token, None)
        if handle is None:
            return SessionEndedError(code="SESSION_ENDED", reason="This session has ended.")
        return RefreshSessionSuccess(tokens=backend.issue(handle))

    @strawberry.mutation
    def sign_out(self, info: Info) -> SignOutSuccess | None:
        backend, handle = backend_of(info), viewer_of(info)
        backend.tokens = {token: kept for token, kept in backend.tokens.items() if kept[0] != handle}
        return SignOutSuccess(ok=True)

    @strawberry.mutation
    def send_message(self, info: Info, input: SendMessageInput) -> Message | None:  # noqa: A002
        backend, handle = backend_of(info), viewer_of(info)
        assert handle is not None
        number = len(backend.messages) + 1
        message = Message(
            id=strawberry.ID(f"message-{number}"),
            seq=number,
            text=input.text,
            client_key=input.client_key,
            sent_at=datetime.now(UTC),
            sender=User.named(handle),
        )
        backend.messages.append(message)
        for queues in backend.listeners.values():
            for queue in queues:
                queue.put_nowait(message)
        return message


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def message_added(self, info: Info, conversation_id: strawberry.ID) -> AsyncIterator[Message]:  # noqa: ARG002
        backend, handle = backend_of(info), viewer_of(info) or "nobody"
        queue: asyncio.Queue[Message] = asyncio.Queue()
        backend.listeners.setdefault(handle, []).append(queue)
        backend.arrivals.put_nowait(handle)
        try:
            while True:
                yield await queue.get()
        finally:
            backend.listeners[handle].remove(queue)


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)


class ToyView(GraphQLView[None, None]):
    """Refuses tokens as the real server does: 401 over HTTP, close code 4403 on a socket."""

    async def get_context(self, request: web.Request, response: Any) -> Any:
        try:
            request.app[BACKEND].viewer(request.headers.get("Authorization"))
        except UnauthenticatedError as error:
            errors = [{"message": str(error), "extensions": {"code": "UNAUTHENTICATED"}}]
            raise web.HTTPUnauthorized(text=json.dumps({"errors": errors}), content_type="application/json") from error
        return await super().get_context(request, response)

    async def on_ws_connect(self, context: Any) -> Any:
        try:
            context["request"].app[BACKEND].viewer(context["connection_params"].get("authorization"))
        except UnauthenticatedError as error:
            raise ConnectionRejectionError from error
        return await super().on_ws_connect(context)


def toy_app(backend: Backend) -> web.Application:
    """Return a server with the toy at `/graphql`; the page's routes are to be added."""
    app = web.Application()
    app[BACKEND] = backend
    view = ToyView(schema, graphql_ide=None, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
    app.router.add_route("*", "/graphql", view)
    return app
