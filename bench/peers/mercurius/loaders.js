// What the objects of a list need from another table: read by one statement for all of them, where it is asked for.
import { Message, personOf } from './objects.js'
import * as statements from './statements.js'

// An operation asks no object for the same thing twice, so a cache would only be filled. That many messages are of the
// same few people is for the statement, which gets each id once.
const uncached = (loader) => ({ loader, opts: { cache: false } })

const keysOf = (queries) => queries.map(({ obj }) => obj.key)

// What is made of the row that each query has, in the order of the queries; null where it has none.
function inPlace (queries, rows, made) {
  const found = Array(queries.length).fill(null)
  for (const row of rows) found[row.place - 1] = made(row, queries[row.place - 1].obj)
  return found
}

async function byId (statement, ids, made = (row) => row) {
  const rows = await statement([...new Set(ids)])
  return new Map(rows.map((row) => [row.id, made(row)]))
}

export const loaders = {
  Conversation: {
    lastMessage: uncached(async (queries) => {
      const rows = await statements.lastMessages(keysOf(queries))
      return inPlace(queries, rows, (row, { key }) => new Message(key, row))
    }),
    members: uncached(async (queries) => {
      const pages = queries.map(() => ({ edges: [] }))
      const firsts = queries.map(({ params }) => params.first)
      for (const row of await statements.members(keysOf(queries), firsts)) {
        pages[row.place - 1].edges.push({ node: personOf(row) })
      }
      return pages
    }),
    viewerState: uncached(async (queries, { viewer }) => {
      const rows = await statements.unread(viewer.sub, keysOf(queries))
      return inPlace(queries, rows, ({ count }) => ({ unread: { count } }))
    })
  },
  Message: {
    sender: uncached(async (queries) => {
      const people = await byId(statements.people, queries.map(({ obj }) => obj.senderId), personOf)
      return queries.map(({ obj }) => people.get(obj.senderId))
    })
  },
  PhotoContent: {
    photos: uncached(async (queries) => {
      const photos = await byId(statements.photos, queries.flatMap(({ obj }) => obj.ids))
      return queries.map(({ obj }) => obj.ids.map((id) => photos.get(id)))
    })
  },
  SharedProfileContent: {
    user: uncached(async (queries) => {
      const people = await byId(statements.people, queries.flatMap(({ obj }) => obj.ids), personOf)
      return queries.map(({ obj }) => people.get(obj.ids[0]))
    })
  }
}

// A message that was just sent brings its sender along: each of its subscribers would start a loader for nothing.
export function loadMissingSenders (schema) {
  const field = schema.getType('Message').getFields().sender
  const load = field.resolve
  field.resolve = (message, ...rest) => message.sender ?? load(message, ...rest)
  return schema
}
