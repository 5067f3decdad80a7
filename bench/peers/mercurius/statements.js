// The statements, prepared by name. Those of a conversation's relations take many conversations, and say of each row at
// which place its conversation was, from 1 on. People, photos and sends are read and written as by the bare handlers.
import { readFileSync } from 'node:fs'
import pg from 'pg'

const POOL_SIZE = 10
const databaseUrl = process.argv[3]

pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const pool = new pg.Pool({ connectionString: databaseUrl, min: POOL_SIZE, max: POOL_SIZE })

const prepared = (name, text) => async (...values) => (await pool.query({ name, text, values })).rows
const shared = (name) => prepared(name, readFileSync(new URL(`../../sql/${name}.sql`, import.meta.url), 'utf8'))

export const people = shared('people')
export const photos = shared('photos')
export const send = shared('send')

// Of person $1, the latest active first.
export const conversations = prepared('conversations', `
  SELECT c.id, c.kind, c.title, c.last_activity_at
  FROM members me JOIN conversations c ON c.id = me.conversation_id
  WHERE me.user_id = $1 AND me.inbox_at IS NOT NULL
  ORDER BY me.inbox_at DESC, me.conversation_id DESC LIMIT $2`)

// Of conversation $1 before seq $2, the latest first.
export const messages = prepared('messages', `
  SELECT seq, sender_id, kind, text, attachment_ids, sent_at
  FROM messages WHERE conversation_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`)

// The last of each of conversations $1 in which something was said.
export const lastMessages = prepared('last_messages', `
  SELECT asked.place::int, m.seq, m.sender_id, m.kind, m.text, m.attachment_ids, m.sent_at
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (conversation_id, place)
  JOIN conversations c ON c.id = asked.conversation_id
  JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq`)

// Those who joined each of conversations $1 first, as many as $2 says at the same place.
export const members = prepared('members', `
  SELECT asked.place::int, page.*
  FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS asked (conversation_id, first, place)
  CROSS JOIN LATERAL (
    SELECT u.id, u.handle, u.display_name FROM members o JOIN users u ON u.id = o.user_id
    WHERE o.conversation_id = asked.conversation_id AND o.active
    ORDER BY o.joined_at, o.user_id LIMIT asked.first
  ) page`)

// How much of what others said person $1 has not read, of each of conversations $2 that they are in.
export const unread = prepared('unread', `
  SELECT asked.place::int, unread.count
  FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (conversation_id, place)
  JOIN members me ON me.conversation_id = asked.conversation_id AND me.user_id = $1
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count FROM messages x
    WHERE me.unread_seq IS NOT NULL AND x.conversation_id = me.conversation_id
      AND x.seq > me.last_read_seq AND x.sender_id <> me.user_id
  ) unread`)

export const connect = () => Promise.all(Array.from({ length: POOL_SIZE }, () => pool.query('SELECT 1')))
