import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { serveWorker } from './processes.ts'
import { memberQuery } from './raw-member.ts'

// The limit: what Node and pg can do with nothing in between. No token, no validation, no log, no metric.
const [connectionString = '', tenantId = '', userId = ''] = process.argv.slice(2)

const member = memberQuery(tenantId, userId)
const client = new pg.Client({ connectionString, pipeline: true })
await client.connect()

const server = createServer((request, response) => {
  if (request.url === '/hello') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}')
    return
  }
  void client.query(member).then(({ rows: [row] }) => {
    const body = JSON.stringify({
      userId: row.id,
      email: row.email,
      emailVerified: row.email_verified,
      displayName: row.display_name,
      tenantId,
      role: row.role,
    })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
})

server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  serveWorker(url, async () => null)
})
