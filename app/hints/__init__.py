"""Hints between server processes: word that something has happened, sent without waiting and believed by nobody.

What is true stands in PostgreSQL. A hint only says that it is worth a look, so one that is lost, late or sent twice
costs at most time, and a Valkey that hangs or is gone slows nothing down.
"""

from app.hints.hints import Hints, LocalHints

__all__ = ["Hints", "LocalHints"]
