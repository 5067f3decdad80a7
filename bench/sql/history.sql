-- The last messages of conversation $1 before seq $2, with their senders.
SELECT m.seq, m.sent_at, m.kind, m.text, m.attachment_ids, u.id AS sender_id, u.handle, u.display_name
FROM messages m JOIN users u ON u.id = m.sender_id
WHERE m.conversation_id = $1 AND m.seq < $2 ORDER BY m.seq DESC LIMIT 51
