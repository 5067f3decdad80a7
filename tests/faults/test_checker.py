"""The checker finds each kind of violation in a history made by hand, and none in a good one."""

from collections.abc import Callable
from dataclasses import replace
from itertools import starmap

import pytest

from tests.faults.checker import violations
from tests.faults.history import Attempt, Heard, History, Kept, Outcome, Removal, Stream

CHAT = "chat"


def attempt(number: int, outcome: Outcome = Outcome.ACKNOWLEDGED, *, at: float | None = None) -> Attempt:
    """A try at sending `mN`, which is to be message N."""
    began = number if at is None else at
    seq = number if outcome is Outcome.ACKNOWLEDGED else None
    return Attempt(CHAT, "ann", f"k{number}", f"m{number}", began, began + 0.5, outcome, seq)


def heard(number: int) -> Heard:
    return Heard(CHAT, number, f"m{number}", number + 0.6)


def run(
    attempts: list[Attempt] | None = None, kept: list[int] | None = None, hears: list[int] | None = None
) -> History:
    """A good run of three messages, but for what is given."""
    attempts = [attempt(1), attempt(2), attempt(3)] if attempts is None else attempts
    kept, hears = kept or [1, 2, 3], hears or [1, 2, 3]
    stream = Stream("bob's", "bob", (CHAT,), heard=[heard(number) for number in hears])
    messages = list(starmap(lambda seq, number: Kept(seq, "ann", f"m{number}"), enumerate(kept, 1)))
    return History(attempts, [stream], [], {CHAT: messages})


def expect(history: History, rule: str) -> None:
    found = violations(history)
    assert any(line.startswith(f"{rule}: ") for line in found), found


def test_a_good_run_has_no_violations() -> None:
    assert violations(run()) == []


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.SHUT_OUT])
def test_a_retry_that_finds_its_message_is_no_violation(outcome: Outcome) -> None:
    first, again = attempt(3, Outcome.UNKNOWN), replace(attempt(3, at=4), was_replay=True)
    assert violations(run([attempt(1), attempt(2), first, attempt(3, outcome, at=3.6), again])) == []


def test_an_unknown_outcome_may_be_kept_or_not() -> None:
    assert violations(run([attempt(1), attempt(2), attempt(3, Outcome.UNKNOWN)])) == []
    assert violations(run([attempt(1), attempt(2), attempt(3), attempt(4, Outcome.UNKNOWN)])) == []


def test_an_acknowledged_message_that_is_lost_is_found() -> None:
    expect(run(kept=[1, 2], hears=[1, 2]), "acknowledged_is_kept")


def test_an_acknowledged_message_that_is_kept_elsewhere_is_found() -> None:
    expect(run(kept=[1, 3, 2]), "acknowledged_is_kept")


def test_a_message_that_is_kept_twice_is_found() -> None:
    expect(run(kept=[1, 2, 3, 3], hears=[1, 2, 3, 4]), "everything_kept_was_sent_once")


def test_a_message_that_nobody_sent_is_found() -> None:
    expect(run([attempt(1), attempt(2)]), "everything_kept_was_sent_once")


def test_a_gap_in_the_order_is_found() -> None:
    history = run()
    history.kept[CHAT][2] = Kept(4, "ann", "m3")
    expect(history, "order_is_dense")


def test_an_order_against_time_is_found() -> None:
    expect(run([attempt(1, at=9), attempt(2), attempt(3)]), "order_follows_time")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SHUT_OUT])
def test_a_message_that_was_refused_and_is_kept_is_found(outcome: Outcome) -> None:
    expect(run([attempt(1), attempt(2), attempt(3, outcome)]), "refused_is_absent")


def test_a_retry_that_is_refused_after_its_message_was_kept_is_found() -> None:
    expect(run([attempt(1), attempt(2), attempt(3), attempt(3, Outcome.REFUSED, at=5)]), "refused_is_absent")


def test_a_send_that_is_new_twice_is_found() -> None:
    expect(run([attempt(1), attempt(2), attempt(3), attempt(3)]), "a_send_is_made_once")


def test_a_send_that_is_new_to_nobody_is_found() -> None:
    expect(run([attempt(1), attempt(2), replace(attempt(3), was_replay=True)]), "a_send_is_made_once")


@pytest.mark.parametrize("hears", [[1, 3], [1, 2], [1, 2, 2, 3], [2, 1, 3], [1, 2, 3, 4]])
def test_a_stream_that_differs_from_history_is_found(hears: list[int]) -> None:
    expect(run(hears=hears), "streams_equal_history")


def test_a_stream_that_begins_later_owes_nothing_before() -> None:
    history = run(hears=[3])
    history.streams[0].after[CHAT] = 2
    assert violations(history) == []


def test_a_stream_that_was_ended_owes_nothing_later_but_all_before() -> None:
    history = run(hears=[1, 2])
    history.streams[0].ended = True
    assert violations(history) == []
    history.streams[0].heard.pop(0)
    expect(history, "streams_equal_history")


def test_a_message_that_is_heard_otherwise_than_kept_is_found() -> None:
    history = run()
    history.streams[0].heard[1] = Heard(CHAT, 2, "something else", 2.6)
    expect(history, "streams_equal_history")


def test_what_is_heard_of_another_conversation_is_found() -> None:
    history = run()
    history.streams[0].heard.append(Heard("another", 1, "not for bob", 2.0))
    expect(history, "streams_equal_history")


def group_run(hears: list[int], reconnects: int = 0) -> History:
    """A group of which bob is a member from 1 to 2 and again from 5, when the notices 3 and 5 are told."""
    notices = {
        1: Kept(1, "ann", None, joined=frozenset({"ann", "bob"})),
        3: Kept(3, "ann", None, left=frozenset({"bob"})),
    }
    notices[5] = Kept(5, "ann", None, joined=frozenset({"bob"}))
    attempts = [attempt(2), attempt(4), attempt(6)]
    kept = [notices.get(seq) or Kept(seq, "ann", f"m{seq}") for seq in range(1, 7)]
    told = [Heard(CHAT, seq, None if seq in notices else f"m{seq}", seq) for seq in hears]
    stream = Stream("bob's", "bob", (CHAT,), heard=told, reconnects=reconnects)
    return History(attempts, [stream], [Removal("bob", CHAT, 3.5, readmitted=4.8)], {CHAT: kept})


def test_a_member_hears_what_was_said_during_both_stays() -> None:
    assert violations(group_run([1, 2, 5, 6])) == []


def test_the_end_of_a_stay_may_be_missed_only_by_who_was_not_connected() -> None:
    assert violations(group_run([1, 5, 6], reconnects=1)) == []
    expect(group_run([1, 5, 6]), "streams_equal_history")
    expect(group_run([2, 5, 6], reconnects=1), "streams_equal_history")


def test_what_a_removed_member_hears_is_found() -> None:
    history = group_run([1, 2, 4, 5, 6])
    expect(history, "streams_equal_history")
    expect(history, "removals_hold")


def test_a_message_of_a_removed_member_that_is_kept_is_found() -> None:
    history = group_run([1, 2, 5, 6])
    history.kept[CHAT][3] = Kept(4, "bob", "m4")
    expect(history, "removals_hold")


@pytest.mark.parametrize(
    "shut_out",
    [
        pytest.param(lambda history: history.removals.append(Removal("ann", CHAT, 2.9)), id="removed"),
        pytest.param(lambda history: history.removals.append(Removal("ann", None, 2.9, session="s")), id="signed-out"),
        pytest.param(lambda history: history.removals.append(Removal("bob", None, 2.9, session="")), id="deaf"),
    ],
)
def test_what_passes_after_a_removal_is_found(shut_out: Callable[[History], None]) -> None:
    history = run([replace(attempt(number), session="s") for number in (1, 2, 3)])
    shut_out(history)
    expect(history, "removals_hold")
