"""The viewer's own memberships, as SQL."""


def mine(conversation: str, viewer: str = "$1") -> str:
    """The active membership `me` of the viewer in the conversation of this column, to be cross joined.

    A subquery of its own, so that it is found by its key: the planner knows how many conversations people have on
    average, and would read all of somebody's who has very many.
    """
    return f"""LATERAL (
        SELECT * FROM members WHERE conversation_id = {conversation} AND user_id = {viewer} AND active OFFSET 0
    ) me"""
