"""Blocks, as statements look at them."""

from typing import NamedTuple


def blocked(person: str, viewer: str = "$1") -> str:
    """SQL: a block either way between the people of these columns (the viewer may be null: signed out).

    By key, one by one: without `OFFSET 0` the planner would read all of the viewer's blocks to hash them.
    """
    return f"""(EXISTS (SELECT FROM blocks b WHERE b.blocker_id = {viewer} AND b.blocked_id = {person} OFFSET 0)
        OR EXISTS (SELECT FROM blocks b WHERE b.blocker_id = {person} AND b.blocked_id = {viewer} OFFSET 0))"""


def _any(viewer: str) -> str:
    """SQL: whether a viewer has any, either way: by the index, which the planner takes where it has to bring an order.

    Most have none at all, which is found out once.
    """
    return f"""coalesce(
        (SELECT true FROM blocks WHERE blocker_id = {viewer} ORDER BY blocked_id LIMIT 1),
        (SELECT true FROM blocks WHERE blocked_id = {viewer} ORDER BY blocker_id LIMIT 1), false
    )"""


class Blocks(NamedTuple):
    """A block either way between a statement's viewer and somebody else, as SQL."""

    user: str
    """Between them and person `u`."""
    sender: str
    """Between them and the sender of message `m`."""


def _blocks(viewer: str, has_some: str) -> Blocks:
    return Blocks(*(f"({has_some} AND {blocked(person, viewer)})" for person in ("u.id", "m.sender_id")))


# Of viewer $1.
OF_ONE = _blocks("$1", _any("$1"))
BLOCKED = OF_ONE.user
NOT_BLOCKED = f"NOT {BLOCKED}"

# Of each viewer who is `asked` for.
OF_EACH = _blocks("asked.viewer_id", "asked.has_blocks")


def asked(*names: str) -> str:
    """SQL: the keys of a statement `of_each` (`reads.py`), by name: `viewer_id` and what they ask for.

    With the key's `place`, and whether the viewer has blocks.
    """
    arrays = ", ".join(f"${number}::text::uuid[]" for number in range(1, len(names) + 1))
    return f"""(
            SELECT *, {_any("viewer_id")} AS has_blocks
            FROM unnest({arrays}) WITH ORDINALITY AS keys ({", ".join(names)}, place) OFFSET 0
        ) asked"""
