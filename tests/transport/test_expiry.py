"""What is good for a time only is told when that is over, with one timer for all."""

import asyncio
import time

from app.transport.expiry import Expiry
from tests.support.patience import PATIENCE


class Ticket:
    """Notes that its time has come."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    def expire(self) -> None:
        self.over.set()


async def test_each_is_told_when_its_time_has_come_and_not_before() -> None:
    expiry, now = Expiry(), time.time()
    late, soon, past = Ticket(), Ticket(), Ticket()
    expiry.join(late, now + 600)
    expiry.join(soon, now + 0.2)
    expiry.join(past, now - 600)
    too_late = asyncio.Event()
    asyncio.get_running_loop().call_later(2, too_late.set)
    await asyncio.wait_for(past.over.wait(), PATIENCE)
    assert not soon.over.is_set()
    await asyncio.wait_for(soon.over.wait(), PATIENCE)
    assert now + 0.2 <= time.time()
    assert not too_late.is_set()
    assert not late.over.is_set()
    expiry.leave(late, now + 600)


async def test_who_has_left_is_not_told_and_the_others_are() -> None:
    expiry, second = Expiry(), time.time() - 1
    gone, there = Ticket(), Ticket()
    expiry.join(gone, second)
    expiry.join(there, second)
    expiry.leave(gone, second)
    await asyncio.wait_for(there.over.wait(), PATIENCE)
    assert not gone.over.is_set()
    expiry.leave(there, second)  # once more changes nothing
    again = Ticket()
    expiry.join(again, second)
    await asyncio.wait_for(again.over.wait(), PATIENCE)
