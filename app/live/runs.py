"""Entries that are told in one go, so that a socket is written to once for all of them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.live.entry import Entry
from app.store.events import EventKind


def runs(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in their order: messages that were said in one conversation in turn together, any other alone.

    What somebody says changes nothing about who may hear what follows, or as what they hear it.
    """
    for _, run in groupby(entries, _what_is_told_together):
        yield tuple(run)


def _what_is_told_together(entry: Entry) -> object:
    return entry.conversation_id if entry.kind is EventKind.MESSAGE_ADDED else entry
