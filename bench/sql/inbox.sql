-- The conversations of person $1, the latest active first, with last message, what is unread, and their members.
SELECT c.id, c.kind, c.title, c.last_activity_at, m.seq, m.sent_at, m.text, s.id AS sender_id, s.handle, unread.count,
    people.list
FROM members me JOIN conversations c ON c.id = me.conversation_id
JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq JOIN users s ON s.id = m.sender_id
CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM messages x WHERE me.unread_seq IS NOT NULL
    AND x.conversation_id = c.id AND x.seq > me.last_read_seq AND x.sender_id <> me.user_id) unread
CROSS JOIN LATERAL (SELECT array_agg(ARRAY[u.id::text, u.handle, u.display_name]) AS list FROM members o
    JOIN users u ON u.id = o.user_id WHERE o.conversation_id = c.id) people
WHERE me.user_id = $1 AND me.inbox_at IS NOT NULL ORDER BY me.inbox_at DESC, me.conversation_id DESC LIMIT 21
