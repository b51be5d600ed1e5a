import { createServer } from 'node:http'

// The bad control of hostile bytes: what a server does that takes everything. Prints its port.
const kept: Buffer[] = []
const server = createServer(
  {
    insecureHTTPParser: true,
    maxHeaderSize: 64 * 1024 * 1024,
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  },
  (incoming, outgoing) => {
    incoming.on('data', (bytes: Buffer) => kept.push(bytes))
    incoming.on('end', () => outgoing.end(incoming.url === '/openapi.json' ? 'x'.repeat(100_000) : 'ok'))
  },
)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
