"""Filling an empty database with the demo, and offering its people to the playground."""

import asyncio
from datetime import UTC, datetime

from app import playground
from app.auth.handles import handle_key
from app.config import Settings
from app.demo.cast import PEOPLE
from app.demo.files import small_avatar, store_all
from app.demo.transcripts import read_conversations
from app.demo.writing import World, write_world
from app.errors import ConfigurationError
from app.media.storage_errors import StorageError
from app.opening import open_services
from app.services import Services
from app.store import users
from resolvers.identity import PASSWORD_MIN


async def load_demo(services: Services, password: str) -> None:
    """Write the demo people and all that they have said; nothing where they are.

    All rows are one transaction: a start that is killed leaves none, and the next one begins anew. Of several at a
    time one writes.

    Raises:
        ConfigurationError: somebody who is none of the demo has a demo person's handle.
        StorageError: the media store can't be used.
    """
    if await users.credentials(services.database, handle_key(PEOPLE[0].handle)):
        return
    conversations = read_conversations()
    stored, password_hash = await asyncio.gather(store_all(services), services.passwords.hash(password))
    await services.database.unit(
        lambda tx: write_world(World(tx, datetime.now(UTC), stored, password_hash), conversations)
    )


async def load_demo_into(settings: Settings, password: str) -> None:
    """The same, for the engines that the settings name.

    Raises:
        ConfigurationError: an engine can't be used, a handle is taken, or the password is too short.
    """
    if len(password) < PASSWORD_MIN:
        raise ConfigurationError(f"Use at least {PASSWORD_MIN} characters for the password of the demo people.")
    try:
        async with open_services(settings) as services:
            await load_demo(services, password)
    except StorageError as error:
        raise ConfigurationError(f"S3 can't be used: {error}. `python -m app storage` sets it up.") from error


class Demo:
    """The demo people, as the playground asks for them."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.somebody = PEOPLE[0].handle
        self._offered: playground.Demo | None = None

    async def __call__(self) -> playground.Demo:
        """Everyone, with a small portrait."""
        if self._offered is None:
            self._offered = playground.Demo(self.password, await asyncio.to_thread(_people))
        return self._offered


def _people() -> list[playground.DemoPerson]:
    return [playground.DemoPerson(person.handle, person.name, small_avatar(person.avatar)) for person in PEOPLE]
