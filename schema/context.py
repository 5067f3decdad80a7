"""What one operation knows: the services, the viewer, and the batches it has loaded.

Every operation gets a new one, and so does every event of a subscription; a mutation field forgets what was loaded
before it. So nothing in it can go stale.
"""

import asyncio
from collections.abc import Awaitable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from app.auth.viewer import Client, Viewer
from app.errors import UnauthenticatedError
from app.execution.batching import Batch
from app.services import Services
from app.store.database import Database
from resolvers import access


@dataclass(slots=True)
class Operation:
    """The `info.context` of all resolvers. `cursor` is the live position before the operation's first read."""

    services: Services
    viewer: Viewer | None
    cursor: str
    client: Client
    is_checked: bool = True
    """Whether the viewer's session was found to live before the operation began."""
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Where reads go."""
        return self.services.database

    @property
    def me(self) -> Viewer:
        """The viewer.

        Raises:
            UnauthenticatedError: nobody is signed in.
        """
        if self.viewer is None:
            raise UnauthenticatedError
        return self.viewer

    @property
    def viewer_id(self) -> UUID | None:
        """The viewer's id; None when signed out."""
        return self.viewer.user_id if self.viewer else None

    async def check(self) -> None:
        """See that the viewer's session lives, if nobody has.

        Raises:
            UnauthenticatedError: it has ended.
        """
        if self.viewer and not self.is_checked:
            await access.check_session(self.services, self.viewer)

    def forget(self) -> None:
        """Load everything anew from here on: something has changed."""
        self._loaders.clear()

    def load(self, batch: Batch, key: Hashable, *args: Hashable) -> Awaitable[Any]:
        """Load by a batch function `(operation, keys, *args)`, once for all that ask at this level.

        graphql-core cancels what stands beside a failing field; others may wait for the same key.
        """
        loader = self._loaders.get((batch, args))
        if loader is None:
            # An operation and loaders that held each other would wait for the garbage collector.
            without_loaders = Operation(self.services, self.viewer, self.cursor, self.client)

            async def load_all(keys: list[Any]) -> Sequence[Any]:
                return await batch(without_loaders, keys, *args)

            loader = self._loaders[batch, args] = DataLoader(load_fn=load_all)
        return asyncio.shield(loader.load(key))


Info = strawberry.Info[Operation, None]
