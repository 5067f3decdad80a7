"""Signing up, in, out, and refreshing."""

from datetime import date, datetime

import strawberry

from resolvers import identity
from resolvers.identity import SignedIn
from schema.context import Info, Operation
from schema.errors import HandleTakenError, InvalidInputError, SessionEndedError, WrongCredentialsError
from schema.ids import parse_optional_id, to_id
from schema.mutating import mutation
from schema.viewer import Viewer, load_viewer


@strawberry.type(description="What a client keeps of a session. The refresh token is a secret: never log it.")
class Tokens:
    access_token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`, or as `authorization` in the payload of `connection_init`."
    )
    access_token_expires_at: datetime = strawberry.field(description="Use refreshSession before this time.")
    refresh_token: str = strawberry.field(description="Good for one refreshSession, which returns the next.")
    refresh_token_expires_at: datetime = strawberry.field(description="After this time only signIn helps.")

    @classmethod
    def of(cls, signed_in: SignedIn) -> "Tokens":
        """Wrap the tokens of a session."""
        return cls(
            access_token=signed_in.access.value,
            access_token_expires_at=signed_in.access.expires_at,
            refresh_token=str(signed_in.refresh),
            refresh_token_expires_at=signed_in.refresh_expires_at,
        )


@strawberry.input(description="A new person.")
class SignUpInput:
    handle: str = strawberry.field(description="2 to 30 of a-z, 0-9, _ and .; case does not matter.")
    password: str = strawberry.field(description="At least 8 characters.")
    display_name: str = strawberry.field(description="The name to show, 1 to 50 characters.")
    birth_date: date | None = strawberry.field(
        default=None, description="Never shown; direct messages may have a minimum age (see `policy`)."
    )


@strawberry.input(description="Who signs in.")
class SignInInput:
    handle: str = strawberry.field(description="The handle; case does not matter.")
    password: str = strawberry.field(description="The password.")


@strawberry.input(description="The token to exchange.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(description="The latest refresh token of the session.")


@strawberry.input(description="The session to end.")
class SignOutInput:
    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="One of `viewer.sessions`; without it, the session of this very request."
    )


@strawberry.type(description="Signed up and signed in.")
class SignUpSuccess:
    tokens: Tokens = strawberry.field(description="The tokens of the first session.")
    viewer: Viewer = strawberry.field(description="The new person, who is the viewer from here on.")


@strawberry.type(description="Signed in.")
class SignInSuccess:
    tokens: Tokens = strawberry.field(description="The tokens of the new session.")
    viewer: Viewer = strawberry.field(description="The person, who is the viewer from here on.")


@strawberry.type(description="Refreshed.")
class RefreshSessionSuccess:
    tokens: Tokens = strawberry.field(description="The next tokens. The old refresh token is used up.")
    viewer: Viewer = strawberry.field(description="The person whose session it is.")


@strawberry.type(description="Signed out: no message or event reaches this session any more.")
class SignOutSuccess:
    session_id: strawberry.ID = strawberry.field(description="The session that ended.")


@strawberry.type
class IdentityMutations:
    @mutation(
        HandleTakenError,
        InvalidInputError,
        description="Add a person and sign them in. Retrying says HandleTakenError.",
    )
    async def sign_up(self, info: Info, input: SignUpInput) -> SignUpSuccess:
        signed_in = await identity.sign_up(
            info.context.services,
            handle=input.handle,
            password=input.password,
            display_name=input.display_name,
            birth_date=input.birth_date,
            device=info.context.client.device,
        )
        return SignUpSuccess(tokens=Tokens.of(signed_in), viewer=await _become(info.context, signed_in))

    @mutation(WrongCredentialsError, description="Begin a session. Each call begins one more.")
    async def sign_in(self, info: Info, input: SignInInput) -> SignInSuccess:
        signed_in = await identity.sign_in(
            info.context.services, handle=input.handle, password=input.password, client=info.context.client
        )
        return SignInSuccess(tokens=Tokens.of(signed_in), viewer=await _become(info.context, signed_in))

    @mutation(
        SessionEndedError,
        description="Exchange a refresh token for new tokens. It works once, but for a retry within ten seconds; "
        "a later second use ends the session, as the token must have been stolen.",
    )
    async def refresh_session(self, info: Info, input: RefreshSessionInput) -> RefreshSessionSuccess:
        signed_in = await identity.refresh(info.context.services, input.refresh_token)
        return RefreshSessionSuccess(tokens=Tokens.of(signed_in), viewer=await _become(info.context, signed_in))

    @mutation(InvalidInputError, description="End a session of the viewer's. Ending it again changes nothing.")
    async def sign_out(self, info: Info, input: SignOutInput | None = None) -> SignOutSuccess:
        wanted = parse_optional_id(input.session_id if input else None, "Session", "sessionId")
        ended = await identity.sign_out(info.context.services, info.context.me, wanted)
        return SignOutSuccess(session_id=to_id("Session", ended))


async def _become(operation: Operation, signed_in: SignedIn) -> Viewer:
    """From here on the operation runs on behalf of who signed in."""
    operation.viewer = signed_in.viewer
    operation.forget()
    viewer = await load_viewer(operation)
    assert viewer is not None
    return viewer
