// Started as `node server.js PORT DATABASE_URL`. The statements are those of the bare handlers, prepared by name; what a
// list's items need from another table is loaded by a loader, once for the list. Tokens are read and not verified.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'
import { schema } from './schema.js'

const [port, databaseUrl] = process.argv.slice(2)
const POOL_SIZE = 10

pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const pool = new pg.Pool({ connectionString: databaseUrl, min: POOL_SIZE, max: POOL_SIZE })

function statement (name) {
  const text = readFileSync(new URL(`../../sql/${name}.sql`, import.meta.url), 'utf8')
  return async (...values) => (await pool.query({ name, text, values })).rows
}
const sql = Object.fromEntries(
  ['history', 'photos', 'people', 'inbox', 'send'].map((name) => [name, statement(name)])
)

const keyOf = (globalId) => Buffer.from(globalId, 'base64url').toString().split(':')[1]
const viewerOf = (authorization) =>
  JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url').toString())

const personOf = (row) => ({ id: row.id, handle: row.handle, displayName: row.display_name })

function contentOf (row) {
  switch (row.kind) {
    case 'PHOTOS': return { __typename: 'PhotoContent', caption: row.text, ids: row.attachment_ids }
    case 'PROFILE': return { __typename: 'SharedProfileContent', caption: row.text, ids: row.attachment_ids }
    default: return { __typename: 'TextContent', text: row.text }
  }
}

const messageOf = (conversationId, row) => ({
  id: `${conversationId}:${row.seq}`,
  seq: row.seq,
  sentAt: row.sent_at,
  fallbackText: row.text,
  sender: { id: row.sender_id, handle: row.handle, displayName: row.display_name },
  content: contentOf(row)
})

const conversationOf = (row) => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  lastMessage: messageOf(row.id, row),
  members: { edges: row.list.map(([id, handle, displayName]) => ({ node: { id, handle, displayName } })) },
  viewerState: { unread: { count: row.count } }
})

const facts = new Map() // the rules' facts as they last were, by sender and conversation

async function send (viewer, { conversationId, clientKey, content }) {
  const key = keyOf(conversationId)
  const place = viewer.sub + key
  const hash = createHash('sha256').update(content.text.text).digest()
  const values = [viewer.sub, viewer.sid, key, clientKey, hash]
  for (;;) {
    const [row] = await sql.send(...values, facts.get(place) ?? null, content.text.text)
    if (row.message_seq !== null) return row
    facts.set(place, row.facts)
  }
}

const resolvers = {
  Query: {
    node: (_, { id }) => ({ __typename: 'Conversation', id, key: keyOf(id) }),
    viewer: (_, __, { viewer }) => ({ id: viewer.sub })
  },
  Viewer: {
    async conversations ({ id }, { first }) {
      const rows = await sql.inbox(id)
      const edges = rows.slice(0, first).map((row) => ({
        cursor: row.last_activity_at.getTime().toString(16), node: conversationOf(row)
      }))
      return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor } }
    }
  },
  Conversation: {
    async messages ({ key }, { last, before }) {
      const rows = await sql.history(key, before ?? '4611686018427387904')
      const edges = rows.slice(0, last).reverse().map((row) => ({
        cursor: `${row.seq}`, node: messageOf(key, row)
      }))
      return { edges, pageInfo: { hasPreviousPage: rows.length > last, startCursor: edges[0]?.cursor } }
    }
  },
  Mutation: {
    async sendMessage (_, { input }, { viewer, pubsub }) {
      const row = await send(viewer, input)
      const said = { seq: row.message_seq, sent_at: row.said_at, text: input.content.text.text }
      const sender = { sender_id: viewer.sub, handle: 'somebody', display_name: 'Somebody' } // not looked up, as ours is
      const message = messageOf(keyOf(input.conversationId), { ...said, ...sender })
      pubsub.publish({ topic: input.conversationId, payload: { messageAdded: message } })
      return { __typename: 'SendMessageSuccess', wasReplay: false, message }
    }
  },
  Subscription: {
    messageAdded: { subscribe: (_, { conversationId }, { pubsub }) => pubsub.subscribe(conversationId) }
  }
}

// Nothing is asked for twice, so the cache of loaders would only cost the serialization of its keys.
const uncached = (loader) => ({ loader, opts: { cache: false } })

async function loadedBy (query, ids) {
  const rows = await query([...new Set(ids)])
  return new Map(rows.map((row) => [row.id, row]))
}

const loaders = {
  PhotoContent: {
    photos: uncached(async (queries) => {
      const photos = await loadedBy(sql.photos, queries.flatMap(({ obj }) => obj.ids))
      return queries.map(({ obj }) => obj.ids.map((id) => photos.get(id)))
    })
  },
  SharedProfileContent: {
    user: uncached(async (queries) => {
      const people = await loadedBy(sql.people, queries.flatMap(({ obj }) => obj.ids))
      return queries.map(({ obj }) => personOf(people.get(obj.ids[0])))
    })
  }
}

const app = Fastify()
app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  jit: 1,
  context: (request) => ({ viewer: viewerOf(request.headers.authorization) }),
  subscription: true
})
await Promise.all(Array.from({ length: POOL_SIZE }, () => pool.query('SELECT 1')))
await app.listen({ port: Number(port), host: '127.0.0.1' })
process.on('SIGTERM', () => process.exit(0))
