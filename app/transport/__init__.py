"""GraphQL over HTTP and over WebSocket (graphql-transport-ws) on aiohttp. Knows of no domain."""
