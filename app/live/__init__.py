"""From commit to subscriber: the log's tailer, the hub that routes its entries, and the feeds that subscribers hold.

1. A transaction's events enter the log at COMMIT, each with the next position of its lane (`app/store/events.py`).
2. The tailer, one a process, reads what came behind its positions, woken by a commit or once a second.
3. The hub applies the entries in order and hands each to the feeds of the people in its audience.
4. A feed joins at a position: it registers, replays from its own position to the hub's, then pushes what came since.
"""
