"""What of a viewer the answer to an event may depend on: the bits that the schema marks its fields with.

`app/live/hearing.py` tells how a viewer stands in each. A field that leads from an event's message to any other message
is of SELF: which messages somebody may see depends on when they were a member.
"""

from typing import Final

SELF: Final = 1
"""Who the viewer is: only their own devices get the same."""
SESSION: Final = 2
"""Which of their devices it is: nobody else gets the same."""
OWN: Final = 4
"""Whether the message of the event is the viewer's own."""
BLOCKS: Final = 8
"""Whom a block hides from the viewer."""
MEMBER: Final = 16
"""Whether the viewer is a member of the conversation of the event."""
NOW: Final = 32
"""What the database says when it is asked, behind the event: a barrier may have come in between.

It goes with `BLOCKS` and `MEMBER` wherever the answer to an event does not come with the event itself.
"""
