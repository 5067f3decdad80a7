// What resolvers and loaders give, made of rows. Mercurius tells the objects of a batch apart by their JSON: those that a
// loader is asked with say what they are known by, which is shorter than all that they hold.

export const keyOf = (globalId) => globalId.split('_')[1]

export const personOf = (row) => ({ id: row.id, handle: row.handle, displayName: row.display_name })

export class Conversation {
  __typename = 'Conversation'

  constructor (id, key, { kind, title }) {
    this.id = id
    this.key = key
    this.kind = kind
    this.title = title
  }

  toJSON () { return this.key }
}

export class Message {
  constructor (conversationKey, row) {
    this.id = `${conversationKey}:${row.seq}`
    this.seq = row.seq
    this.sentAt = row.sent_at
    this.fallbackText = row.text
    this.senderId = row.sender_id
    this.sender = row.sender // of one that was just sent
    this.content = contentOf(row)
  }

  toJSON () { return this.id }
}

class Attached {
  constructor (__typename, row) {
    this.__typename = __typename
    this.caption = row.text
    this.ids = row.attachment_ids
  }

  toJSON () { return this.ids }
}

function contentOf (row) {
  switch (row.kind) {
    case 'PHOTOS': return new Attached('PhotoContent', row)
    case 'PROFILE': return new Attached('SharedProfileContent', row)
    default: return { __typename: 'TextContent', text: row.text }
  }
}
