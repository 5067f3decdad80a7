"""Session checks: one statement for many, and none that began before it was asked for."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.errors import TryAgainError
from app.services import Services
from app.store import sessions
from app.store.database import Reader
from app.store.session_checks import SessionChecks
from tests.store.test_sends import viewer_of
from tests.support.people import People


async def test_checks_that_are_asked_for_together_take_one_statement(
    people: People, services: Services, statements: Counter[str]
) -> None:
    viewers = [viewer_of(services, await people.join(name)) for name in ("ann", "bob", "cat")]
    checks, before = SessionChecks(services.database), statements.total()
    asked = [checks.person_of(viewer.session_id) for viewer in viewers * 10]
    assert await asyncio.gather(*asked) == [viewer.user_id for viewer in viewers] * 10
    assert statements.total() - before == 1


async def test_a_check_that_is_asked_for_while_another_is_under_way_sees_what_ended_meanwhile(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = viewer_of(services, await people.join("ann"))
    checks, people_of = SessionChecks(services.database), sessions.people_of
    read, go_on = asyncio.Event(), asyncio.Event()

    async def slow(reader: Reader, ids: list[UUID]) -> dict[UUID, UUID]:
        found = await people_of(reader, ids)
        read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(sessions, "people_of", slow)
    early = asyncio.create_task(checks.person_of(ann.session_id))
    await read.wait()
    await services.database.unit(lambda tx: sessions.end(tx, ann.user_id, ann.session_id, datetime.now(UTC)))
    late = asyncio.create_task(checks.person_of(ann.session_id))
    await asyncio.sleep(0)
    go_on.set()
    assert (await early, await late) == (ann.user_id, None)


async def test_a_check_that_fails_tells_all_who_asked_and_the_next_works(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = viewer_of(services, await people.join("ann"))
    checks = SessionChecks(services.database)

    async def failing(_reader: Reader, _ids: list[UUID]) -> dict[UUID, UUID]:
        raise TryAgainError("no")

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "people_of", failing)
        answers = await asyncio.gather(*(checks.person_of(ann.session_id) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [TryAgainError] * 3
    assert await checks.person_of(ann.session_id) == ann.user_id
