// Root fields and connections, each by a statement for its own rows.
import { createHash } from 'node:crypto'
import { Conversation, Message, keyOf } from './objects.js'
import * as statements from './statements.js'

const NO_LIMIT = '4611686018427387904'

const facts = new Map() // the rules' facts as they last were, by sender and conversation

async function send (viewer, { conversationId, clientKey, content }) {
  const key = keyOf(conversationId)
  const place = viewer.sub + key
  const hash = createHash('sha256').update(content.text.text).digest()
  const values = [viewer.sub, viewer.sid, key, clientKey, hash]
  for (;;) {
    const [row] = await statements.send(...values, facts.get(place) ?? null, content.text.text)
    if (row.message_seq !== null) return row
    facts.set(place, row.facts)
  }
}

export const resolvers = {
  Query: {
    node: (_, { id }) => new Conversation(id, keyOf(id), {}), // its id is all that is asked of its row
    viewer: (_, __, { viewer }) => ({ id: viewer.sub })
  },
  Viewer: {
    async conversations ({ id }, { first }) {
      const rows = await statements.conversations(id, first + 1)
      const edges = rows.slice(0, first).map((row) => ({
        cursor: row.last_activity_at.getTime().toString(16), node: new Conversation(row.id, row.id, row)
      }))
      return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor } }
    }
  },
  Conversation: {
    async messages ({ key }, { last, before }) {
      const rows = await statements.messages(key, before ?? NO_LIMIT, last + 1)
      const edges = rows.slice(0, last).reverse().map((row) => ({ cursor: `${row.seq}`, node: new Message(key, row) }))
      return { edges, pageInfo: { hasPreviousPage: rows.length > last, startCursor: edges[0]?.cursor } }
    }
  },
  Mutation: {
    async sendMessage (_, { input }, { viewer, pubsub }) {
      const row = await send(viewer, input)
      const sender = { id: viewer.sub, handle: 'somebody', displayName: 'Somebody' } // not looked up, as ours is
      const said = { seq: row.message_seq, sent_at: row.said_at, text: input.content.text.text, sender }
      const message = new Message(keyOf(input.conversationId), said)
      pubsub.publish({ topic: input.conversationId, payload: { messageAdded: message } })
      return { __typename: 'SendMessageSuccess', wasReplay: false, message }
    }
  },
  Subscription: {
    messageAdded: { subscribe: (_, { conversationId }, { pubsub }) => pubsub.subscribe(conversationId) }
  }
}
