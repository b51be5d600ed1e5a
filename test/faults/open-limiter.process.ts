import { createServer } from 'node:http'
import { Redis } from 'ioredis'

// The bad control of a Redis that fails: a counter that lets everybody in when it cannot be asked. Prints its port.
const [, , url = '', limit = ''] = process.argv
const redis = new Redis(url, { commandTimeout: 250, maxRetriesPerRequest: 1 })
redis.on('error', () => {})

const server = createServer((incoming, outgoing) => {
  redis.incr(`control:${String(incoming.headers['x-forwarded-for'])}`).then(
    (count) => outgoing.writeHead(count > Number(limit) ? 429 : 400).end(),
    () => outgoing.writeHead(400).end(),
  )
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
