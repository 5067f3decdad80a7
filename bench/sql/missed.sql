-- What was said in conversation $1 behind seq $2.
SELECT m.seq, m.sent_at, m.kind, m.text, u.id AS sender_id, u.handle, u.display_name
FROM messages m JOIN users u ON u.id = m.sender_id WHERE m.conversation_id = $1 AND m.seq > $2 ORDER BY m.seq
