// Started as `node server.js PORT DATABASE_URL`. Tokens are read and not verified.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { loaders, loadMissingSenders } from './loaders.js'
import { resolvers } from './resolvers.js'
import { schema } from './schema.js'
import { connect } from './statements.js'

const port = Number(process.argv[2])

const viewerOf = (authorization) =>
  JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url').toString())

const app = Fastify()
app.register(mercurius, {
  schema,
  resolvers,
  loaders,
  schemaTransforms: [loadMissingSenders],
  jit: 1,
  context: (request) => ({ viewer: viewerOf(request.headers.authorization) }),
  subscription: true
})
await connect()
await app.listen({ port, host: '127.0.0.1' })
process.on('SIGTERM', () => process.exit(0))
