"""The rules: plain functions that check, transact, and return rows or raise domain errors.

Every function takes the live services and the viewer. What a rule reads it reads under a lock that whoever could
change it takes too:

- Membership, roles, title and the next seq hold under the conversation's row, which all that writes in it takes.
- Follows, blocks and whether a pair has a conversation hold under the pair's lock, then the row of its conversation.
- Settings hold under the person's row: changing them takes it, sends and adding people share it.
- The session holds under its row: signing out takes it, every write shares it.

A send takes all of these in one statement (`send_messages`, migration 0005) and holds nothing between two. It knows no
rule: what the rules depend on is judged here before, compared there under the locks, and judged again where it differs.
Sends that arrive together share a statement. It takes none of these locks that it would have to wait for (who needs one
goes alone), so that it closes no circle in whatever order it takes them, and lanes in ascending order.

Pairs are taken in ascending order and before a conversation; the lanes of the log come last, at COMMIT. Who takes a
session's or a person's row for itself takes nothing else but lanes after it, so these rows can be shared at any point
without closing a circle. A direct send takes the conversation's row alone, because whatever changes the pair takes that
row as well.
"""
