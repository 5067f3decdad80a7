"""From commit to subscriber: the log's tailer, the hub that routes its entries, and the feeds that subscribers hold.

1. A transaction's events enter the log at COMMIT, each with the next position of its lane (`app/store/events.py`).
2. The tailer, one a process, is told what has committed, here or elsewhere (`app/hints/`), and applies it if nothing is
   missing before it. Else, and once a second, it reads the log behind its positions.
3. The hub applies the entries in order and hands each to the feeds of the people in its audience.
4. A feed joins at a position: it registers, replays from its own position to the hub's, from memory (`ring.py`) or from
   the log, then pushes what came since.

Beside the log go signals, which nobody keeps: typing and presence.
"""
