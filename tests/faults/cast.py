"""The people of the scenarios, who are signed up once: each scenario gets a copy of the database that they are in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from app.auth.passwords import Passwords
from app.config import load_settings
from app.opening import open_services
from app.server import build_app
from app.store.migrate import migrate
from tests.faults.engine import Engine
from tests.support.graphql_client import GraphQLClient
from tests.support.people import People, Person

TEMPLATE = "faults_cast"
SECRET = "a secret for the scenarios, of good length"


def environment(database_url: str) -> dict[str, str]:
    """The settings of a server on a database, as environment variables; nothing listens where its S3 should be."""
    return {
        "DATABASE_URL": database_url,
        "S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "S3_ACCESS_KEY_ID": "nobody",
        "S3_SECRET_ACCESS_KEY": "nothing",
        "JWT_SECRET": SECRET,
        "ACCESS_TOKEN_SECONDS": "86400",
        "DRAIN_SECONDS": "0.5",
        "LOG_LEVEL": "INFO",
    }


@dataclass(frozen=True, slots=True)
class Cast:
    """Four friends; the direct conversations of ann and bob, and of cat and dan; groups of all four, made by ann."""

    people: Mapping[str, Person]
    direct: str
    other: str
    groups: tuple[str, ...]

    def with_session(self, http: aiohttp.ClientSession) -> "Cast":
        """The same people, speaking through a client session."""
        people = {name: replace(each, client=replace(each.client, session=http)) for name, each in self.people.items()}
        return replace(self, people=people)


async def make_cast(engine: Engine, http: aiohttp.ClientSession) -> Cast:
    """Fill the template database."""
    await engine.create(TEMPLATE)
    await migrate(engine.url(TEMPLATE))
    async with signing_up(engine.url(TEMPLATE), http) as newcomers:
        friends = await newcomers.friends("ann", "bob", "cat", "dan")
        ann, bob, cat, dan = friends
        groups = [await ann.make_group(bob, cat, dan) for _ in range(4)]
        people = dict(zip(("ann", "bob", "cat", "dan"), friends, strict=True))
        return Cast(people, await ann.talk_to(bob), await cat.talk_to(dan), tuple(groups))


@asynccontextmanager
async def signing_up(database_url: str, http: aiohttp.ClientSession) -> AsyncIterator[People]:
    """Adds people by a server of this process, which takes no time over their passwords and is gone afterwards."""
    values = environment(database_url)
    settings = load_settings(**{name.lower(): value for name, value in values.items() if "SECONDS" not in name})
    settings = replace(settings, access_token_seconds=int(values["ACCESS_TOKEN_SECONDS"]))
    hasher = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with (
        open_services(settings) as services,
        TestServer(build_app(replace(services, passwords=hasher))) as server,
    ):
        yield People(GraphQLClient(http, str(server.make_url("/graphql"))))
